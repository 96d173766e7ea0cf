/** Figures, dates and names are formatted as people write them. */
import { describe, expect, it } from 'vitest';
import {
  changeDirection,
  format,
  formatChange,
  formatCountry,
  formatDay,
  formatElapsed,
  formatHour,
  formatInstant,
  formatShort,
  formatSlug,
  formatSpan,
  named,
  namedBy,
  NO_VALUE,
  plural,
} from '../src/format';

describe('a figure', () => {
  it.each([
    [48213, 'count', '48,213'],
    [0, 'count', '0'],
    [1400.26, 'hours', '1,400'],
    [14.26, 'hours', '14.3'],
    [0.61834, 'fraction', '61.8%'],
    [3.9412, 'stars', '3.9'],
    [0.2, 'perView', '0.20'],
  ] as const)('%d as %s is %s', (value, unit, text) => {
    expect(format(value, unit)).toBe(text);
  });

  it('that is missing is not a zero', () => {
    expect(format(null, 'count')).toBe(NO_VALUE);
    expect(formatShort(undefined, 'hours')).toBe(NO_VALUE);
  });

  it('is short on an axis', () => {
    expect(formatShort(48213, 'count')).toBe('48.2K');
    expect(formatShort(0.5, 'fraction')).toBe('50%');
  });
});

it('a change has a sign unless it is zero', () => {
  expect([0.0726, -0.0103, 0, 9.994, 12.286].map(formatChange)).toEqual(['+7.3%', '-1.0%', '0.0%', '+999.4%', '+1,229%']);
});

it('a change that rounds to zero has no direction', () => {
  expect([0.0006, -0.0001, -0.01, null].map(changeDirection)).toEqual(['up', 'none', 'down', 'none']);
});

it('a local date is the same day in every browser zone', () => {
  expect(formatDay('2026-11-23', 'axis')).toBe('Nov 23');
  expect(formatDay('2026-11-23')).toBe('Mon, Nov 23');
});

it('an instant is shown in the zone of the view', () => {
  expect(formatInstant('2026-11-23T05:47:00Z', 'America/New_York')).toBe('Nov 23, 2026, 00:47 EST');
});

it('a range is shown by its days, without the excluded end', () => {
  expect(formatSpan('2026-10-25T00:00:00-04:00', '2026-11-24T00:00:00-05:00', 'America/New_York')).toMatch(/^Oct 25\s–\sNov 23, 2026$/);
});

it('hours have two digits', () => {
  expect([0, 9, 23].map(formatHour)).toEqual(['00:00', '09:00', '23:00']);
});

it('country codes become names; anything else stays as it is', () => {
  expect(['DE', 'Unknown', ''].map(formatCountry)).toEqual(['Germany', 'Unknown', '']);
});

it('a missing value is Unknown', () => {
  expect([null, 'DE'].map(named)).toEqual(['Unknown', 'DE']);
  expect(namedBy([{ genre: null, views: 3 }, { genre: 'Drama', views: 1 }], 'genre')).toEqual([
    { genre: 'Unknown', views: 3 },
    { genre: 'Drama', views: 1 },
  ]);
});

it('a noun is singular after one', () => {
  expect([0, 1, 2].map((count) => plural(count, 'row'))).toEqual(['rows', 'row', 'rows']);
});

it('slugs become labels', () => {
  expect(['smart_tv', 'mobile', 'Unknown'].map(formatSlug)).toEqual(['Smart TV', 'Mobile', 'Unknown']);
});

it.each([
  ['2026-11-23T10:00:40Z', '40 s'],
  ['2026-11-23T10:02:05.400Z', '2 min 5 s'],
  ['2026-11-23T11:12:59Z', '1 h 12 min'],
  ['2026-11-23T09:59:00Z', '0 s'],
])('shows the time until %s as %s', (end, text) => {
  expect(formatElapsed('2026-11-23T10:00:00Z', end)).toBe(text);
});
