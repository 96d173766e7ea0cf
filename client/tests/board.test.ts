/** A board keeps a question and its filters, never the range of the page that it was saved from; its order can be changed. */
import { expect, it } from 'vitest';
import { moved, savedQuestion } from '../src/boards/board';

it('keeps measures, groups and filters, and not range, comparison and zone', () => {
  const search = '?measures=views&by=DAY&top=10&chart=line&range=P7D&compare=none&zone=Asia%2FTokyo&country=DE&country=FR&device=tv';
  expect(Object.fromEntries(new URLSearchParams(savedQuestion(search)))).toEqual({
    measures: 'views', by: 'DAY', top: '10', chart: 'line', country: 'FR', device: 'tv',
  });
  expect(new URLSearchParams(savedQuestion(search)).getAll('country')).toEqual(['DE', 'FR']);
});

it.each([
  [0, 2, ['b', 'c', 'a']],
  [2, 0, ['c', 'a', 'b']],
  [1, 1, ['a', 'b', 'c']],
  [0, -1, ['a', 'b', 'c']],
  [2, 3, ['a', 'b', 'c']],
])('moves the entry at %i to %i', (from, to, expected) => {
  expect(moved(['a', 'b', 'c'], from, to)).toEqual(expected);
});
