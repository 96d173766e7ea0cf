/** A shared link opens the shared view, and a broken one the default. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_VIEW, readView, toTimeRange, toViewingFilter, type View, writeView } from '../src/view/dashboardView';

const SHARED: View = {
  range: { kind: 'days', from: '2026-02-27', through: '2026-02-28' },
  timeZone: 'America/New_York',
  filters: { country: 'US', genre: 'Drama & Co' },
};

describe('a link', () => {
  it('restores the view that was written into it', () => {
    expect(readView(writeView(SHARED, ''))).toEqual(SHARED);
  });

  it('omits defaults', () => {
    expect(writeView(DEFAULT_VIEW, '')).toBe('');
  });

  it('keeps other parameters', () => {
    expect(writeView(DEFAULT_VIEW, '?utm=mail&range=P7D')).toBe('?utm=mail');
  });

  it.each([
    '?range=P3000Y',
    '?from=2026-02-30&through=2026-03-02',
    '?from=2026-03-02&through=2026-03-01',
    '?from=2026-03-02',
    '?zone=Mars/Olympus',
    '?country=',
  ])('that is broken (%s) opens the default', (search) => {
    expect(readView(search)).toEqual(DEFAULT_VIEW);
  });
});

describe('the query', () => {
  it('ends before the day after the last one', () => {
    expect(toTimeRange(SHARED.range)).toEqual({ from: '2026-02-27', to: '2026-03-01' });
  });

  it('leaves a preset to the server, which knows the newest data', () => {
    expect(toTimeRange(DEFAULT_VIEW.range)).toEqual({ last: 'P30D' });
  });

  it('filters only by what is selected', () => {
    expect(toViewingFilter(SHARED.filters)).toEqual({ country: { eq: 'US' }, genre: { eq: 'Drama & Co' } });
    expect(toViewingFilter({ country: undefined })).toBeUndefined();
  });
});
