/** How Spark's results are prepared for charts and tables. */
import { expect, it } from 'vitest';
import { formatElapsed } from '../src/format';
import { daysOf, forecastGenres } from '../src/panels/forecastRows';
import { patternName } from '../src/panels/patternRows';
import { tasteDistances } from '../src/panels/tasteDistances';
import { userUrl, userAtPath } from '../src/view/userUrl';

const day = (genre: string | null, views: number) => ({ genre, day: '2026-11-24', views, low: views - 1, high: views + 2 });

it('begins with the genre that is expected to be watched most', () => {
  expect(forecastGenres([day('Action', 3), day('Drama', 2), day('Drama', 4), day('Comedy', 3)])).toEqual(['Drama', 'Action', 'Comedy']);
});

it('forecasts films without a genre under the word for it', () => {
  expect(forecastGenres([day(null, 3), day('Drama', 2)])).toEqual(['Unknown', 'Drama']);
  expect(daysOf([day(null, 3), day('Drama', 2)], 'Unknown')).toEqual([{ ...day(null, 3), band: [2, 5] }]);
});

it('draws the interval of one genre from its low to its high end', () => {
  expect(daysOf([day('Action', 3), day('Drama', 2)], 'Action')).toEqual([{ ...day('Action', 3), band: [2, 5] }]);
  expect(daysOf([day('Action', 3)], undefined)).toEqual([]);
});

it('lays distances out as a square, shaded by their part of the greatest', () => {
  const countries = [
    { country: 'US', activeViewers: 2, topMovies: [] },
    { country: 'DE', activeViewers: 1, topMovies: [] },
    { country: null, activeViewers: 1, topMovies: [] },
  ];
  const distances = [
    { country: 'US', other: 'DE', distance: 0.4 },
    { country: 'DE', other: 'FR', distance: 0.9 },
  ];
  expect(tasteDistances({ countries, distances, travellers: null })).toEqual([
    { country: 'US', cells: [{ other: 'US', distance: null, part: 0 }, { other: 'DE', distance: 0.4, part: 1 }] },
    { country: 'DE', cells: [{ other: 'US', distance: null, part: 0 }, { other: 'DE', distance: null, part: 0 }] },
  ]);
  expect(tasteDistances({ countries: [], distances: [], travellers: null })).toEqual([]);
});

it('names a group, also one of people who do not say theirs', () => {
  expect(patternName({ value: null }, 'ALL')).toBe('Everybody');
  expect(patternName({ value: null }, 'COUNTRY')).toBe('Unknown');
  expect(patternName({ value: 'DE' }, 'COUNTRY')).toBe('Germany');
  expect(patternName({ value: '25-34' }, 'AGE_BAND')).toBe('25-34');
});

it('finds a user whose id holds anything by their address', () => {
  for (const id of ['42', 'a/b c?d#e', '100%']) expect(userAtPath(userUrl(id))).toBe(id);
  expect(userAtPath('/users/100%')).toBe('100%');
  expect([userAtPath('/users'), userAtPath('/users/'), userAtPath('/pipeline')]).toEqual([null, null, null]);
});

it.each([
  ['2026-11-23T10:00:40Z', '40 s'],
  ['2026-11-23T10:02:05.400Z', '2 min 5 s'],
  ['2026-11-23T11:12:59Z', '1 h 12 min'],
  ['2026-11-23T09:59:00Z', '0 s'],
])('tells how long it took until %s: %s', (end, told) => {
  expect(formatElapsed('2026-11-23T10:00:00Z', end)).toBe(told);
});
