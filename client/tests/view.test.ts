/** A shared link opens the shared view, and a broken one the default. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_VIEW, readView, toggled, toTimeRange, toViewingFilter, type View, viewOnly, writeView } from '../src/view/view';

const SHARED: View = {
  range: { kind: 'days', from: '2026-02-27', through: '2026-02-28' },
  compareTo: 'PREVIOUS_YEAR',
  timeZone: 'America/New_York',
  filters: { country: ['US', 'DE'], genre: ['Drama & Co'] },
};

describe('a link', () => {
  it.each<View>([
    SHARED,
    { ...DEFAULT_VIEW, range: { kind: 'last', duration: 'P1D' }, compareTo: null },
    { ...DEFAULT_VIEW, range: { kind: 'calendar', name: 'last-month' }, filters: { ageBand: ['55+'] } },
  ])('restores the view that was written into it (%#)', (view) => {
    expect(readView(writeView(view, ''))).toEqual(view);
  });

  it('omits defaults', () => {
    expect(writeView(DEFAULT_VIEW, '')).toBe('');
  });

  it('keeps other parameters, but takes only the view to other pages', () => {
    expect(writeView(DEFAULT_VIEW, '?utm=mail&range=P7D')).toBe('?utm=mail');
    expect(viewOnly('?section=audit&range=P7D')).toBe('?range=P7D');
  });

  it.each([
    '?range=P3000Y',
    '?from=2026-02-30&through=2026-03-02',
    '?from=2026-03-02&through=2026-03-01',
    '?from=2026-03-02',
    '?zone=Mars/Olympus',
    '?country=',
    '?compare=everything',
  ])('that is broken (%s) opens the default', (search) => {
    expect(readView(search)).toEqual(DEFAULT_VIEW);
  });
});

describe('the query', () => {
  it('ends before the day after the last one', () => {
    expect(toTimeRange(SHARED.range, null)).toEqual({ from: '2026-02-27', to: '2026-03-01' });
  });

  it('leaves the last days to the server, which knows the newest data', () => {
    expect(toTimeRange(DEFAULT_VIEW.range, null)).toEqual({ last: 'P28D' });
  });

  it.each([
    ['yesterday', { from: '2026-02-28', to: '2026-03-01' }],
    ['this-month', { from: '2026-03-01', to: '2026-04-01' }],
    ['last-month', { from: '2026-02-01', to: '2026-03-01' }],
    ['this-year', { from: '2026-01-01', to: '2027-01-01' }],
  ] as const)('takes %s from the day of the newest data', (name, range) => {
    expect(toTimeRange({ kind: 'calendar', name }, '2026-03-01')).toEqual(range);
    expect(toTimeRange({ kind: 'calendar', name }, null)).toBeNull();
  });

  it('filters only by what is selected', () => {
    expect(toViewingFilter(SHARED.filters)).toEqual({ country: { in: ['US', 'DE'] }, genre: { in: ['Drama & Co'] } });
    expect(toViewingFilter({ country: [] })).toBeUndefined();
  });

  it('takes a value out that is chosen again', () => {
    expect(toggled(SHARED.filters, 'country', 'DE').country).toEqual(['US']);
    expect(toggled(SHARED.filters, 'country', 'FR').country).toEqual(['US', 'DE', 'FR']);
  });
});
