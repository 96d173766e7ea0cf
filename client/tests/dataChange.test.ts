import { expect, test } from 'vitest';
import { type Change, isTouched } from '../src/api/dataChange';
import type { ApiResponse, PathProvenance } from '../src/api/response';

const MAY = { from: '2026-05-01T00:00:00Z', to: '2026-06-01T00:00:00Z' };
const NEWEST = '2026-06-30T23:59:00Z';

function of(range: typeof MAY | undefined, data: object = { viewing: {} }, more: Partial<PathProvenance> = {}): ApiResponse<unknown> {
  return { data, provenance: { dataThrough: NEWEST, paths: { 'viewing.rows': { range, ...more } } } };
}

function added(from: string, to: string, dataThrough = NEWEST): Change {
  return { dataThrough, changed: { from, to } };
}

test('what was added outside of its range does not touch a response', () => {
  expect(isTouched(of(MAY), [added('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z')])).toBe(false);
  expect(isTouched(of(MAY), [added('2026-04-30T00:00:00Z', '2026-05-01T00:00:00Z')])).toBe(false);
});

test('what was added inside does, in whichever zone the range is told', () => {
  expect(isTouched(of(MAY), [added('2026-05-31T23:59:59Z', '2026-06-01T00:00:00Z')])).toBe(true);
  const kolkata = { from: '2026-05-01T00:00:00+05:30', to: '2026-06-01T00:00:00+05:30' };
  expect(isTouched(of(kolkata), [added('2026-04-30T18:30:00Z', '2026-04-30T18:30:01Z')])).toBe(true);
  expect(isTouched(of(kolkata), [added('2026-05-31T18:30:00Z', '2026-05-31T18:30:01Z')])).toBe(false);
});

test('one of several changes is enough', () => {
  const outside = added('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z');
  expect(isTouched(of(MAY), [outside, added(MAY.from, MAY.to)])).toBe(true);
  expect(isTouched(of(MAY), [outside, { dataThrough: NEWEST, changed: null }])).toBe(true);
  expect(isTouched(of(MAY), [outside, outside])).toBe(false);
});

test('a comparison is touched in either range, and what is unbounded anywhere', () => {
  const march = added('2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z');
  const comparedWith = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
  expect(isTouched(of(MAY), [march])).toBe(false);
  expect(isTouched(of(MAY, undefined, { comparedWith }), [march])).toBe(true);
  expect(isTouched(of(MAY, undefined, { unbounded: true }), [march])).toBe(true);
});

test('newer data moves the ranges that end with it', () => {
  const later = '2026-07-01T00:00:00Z';
  expect(isTouched(of(MAY), [added(later, '2026-07-01T00:00:01Z', later)])).toBe(true);
});

test('a response that does not tell of all its fields is touched by anything', () => {
  const outside = added('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z');
  expect(isTouched(of(undefined), [outside])).toBe(true);
  expect(isTouched(of(MAY, { viewing: {}, rankings: [] }), [outside])).toBe(true);
  expect(isTouched({ data: { rankings: [] }, provenance: { dataThrough: NEWEST } }, [outside])).toBe(true);
});
