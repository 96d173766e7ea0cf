/** Where the intervals of an experiment are drawn: around zero, to scale, and never beyond the line. */
import { expect, it } from 'vitest';
import { placed, placeOf, reachOf } from '../src/experiments/intervalScale';

it('zero is in the middle, and the farthest end at an end of the line', () => {
  const intervals = [{ low: -0.1, high: 0.3 }, { low: 0.05, high: 0.4 }, null, undefined];
  const reach = reachOf(intervals);
  expect(reach).toBe(0.4);
  expect(placeOf(0, reach)).toBe(50);
  expect(placeOf(0.4, reach)).toBe(100);
  expect(placed({ low: -0.1, high: 0.3 }, reach)).toEqual({ start: 37.5, length: 50 });
});

it('what is beyond the line is cut off at its ends', () => {
  expect(reachOf([{ low: -12, high: 40 }])).toBe(1);
  expect(placed({ low: -12, high: 40 }, 1)).toEqual({ start: 0, length: 100 });
});

it('differences of nothing still have a line', () => {
  expect(reachOf([])).toBe(0.01);
});
