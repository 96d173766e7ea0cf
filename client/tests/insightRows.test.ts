/** How Spark's results are prepared for charts and tables. */
import { expect, it } from 'vitest';
import { daysOf, forecastGenres } from '../src/panels/forecastRows';
import { patternName } from '../src/panels/patternRows';
import { tasteDistances } from '../src/panels/tasteDistances';

const day = (genre: string | null, views: number) => ({ id: `${genre ?? 'none'} ${String(views)}`, genre, day: '2026-11-24', views, low: views - 1, high: views + 2 });

it('starts with the genre that has the most expected views', () => {
  expect(forecastGenres([day('Action', 3), day('Drama', 2), day('Drama', 4), day('Comedy', 3)])).toEqual(['Drama', 'Action', 'Comedy']);
});

it('forecasts films without a genre as Unknown', () => {
  expect(forecastGenres([day(null, 3), day('Drama', 2)])).toEqual(['Unknown', 'Drama']);
  expect(daysOf([day(null, 3), day('Drama', 2)], 'Unknown')).toEqual([day(null, 3)]);
});

it('shows one genre at a time', () => {
  expect(daysOf([day('Action', 3), day('Drama', 2)], 'Action')).toEqual([day('Action', 3)]);
  expect(daysOf([day('Action', 3)], undefined)).toEqual([]);
});

it('lays out distances as a matrix, shaded by their share of the greatest', () => {
  const countries = [
    { id: 'us', country: 'US', viewers: 2, topMovies: [] },
    { id: 'de', country: 'DE', viewers: 1, topMovies: [] },
    { id: 'unknown', country: null, viewers: 1, topMovies: [] },
  ];
  const distances = [
    { id: 'us-de', country: 'US', other: 'DE', distance: 0.4 },
    { id: 'de-fr', country: 'DE', other: 'FR', distance: 0.9 },
  ];
  expect(tasteDistances({ id: 'all', countries, distances, travellers: null })).toEqual([
    { country: 'US', cells: [{ other: 'US', distance: null, part: 0 }, { other: 'DE', distance: 0.4, part: 1 }] },
    { country: 'DE', cells: [{ other: 'US', distance: null, part: 0 }, { other: 'DE', distance: null, part: 0 }] },
  ]);
  expect(tasteDistances({ id: 'none', countries: [], distances: [], travellers: null })).toEqual([]);
});

it('labels a group, including people whose value is unknown', () => {
  expect(patternName({ value: null }, 'ALL')).toBe('Everybody');
  expect(patternName({ value: null }, 'COUNTRY')).toBe('Unknown');
  expect(patternName({ value: 'DE' }, 'COUNTRY')).toBe('Germany');
  expect(patternName({ value: '25-34' }, 'AGE_BAND')).toBe('25-34');
});
