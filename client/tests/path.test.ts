/** Lines and areas go through the points that are known, and leave gaps where none is. */
import { expect, it } from 'vitest';
import { areaPath, linePath } from '../src/charts/path';

const POINTS = [{ x: 0, y: 10 }, { x: 5, y: 2.00049 }, { x: 10, y: null }, { x: 15, y: 0 }];

it('draws straight lines, a gap, and a dot for a single point', () => {
  expect(linePath(POINTS)).toBe('M0,10L5,2M15,0Z');
  expect(linePath([])).toBe('');
  expect(linePath([{ x: 1, y: null }])).toBe('');
});

it('fills what is between a line and a height, or another line', () => {
  expect(areaPath(POINTS, 20)).toBe('M0,10L5,2L5,20L0,20ZM15,0L15,20Z');
  expect(areaPath([{ x: 0, y: 1 }, { x: 1, y: 2 }], (index) => 5 + index)).toBe('M0,1L1,2L1,6L0,5Z');
});
