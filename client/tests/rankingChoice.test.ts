/** Selecting a chart and stepping through its periods, and how films moved in it. */
import { expect, it } from 'vitest';
import { earlier, later, NEWEST_WEEK, ofGroup, ofPeriod, toRankingsVariables } from '../src/panels/rankingChoice';
import { rankMove } from '../src/panels/rankMove';

const NEWEST = '2026-11-16';

it('steps back by weeks from the newest period, whose date it did not know', () => {
  const before = earlier(NEWEST_WEEK, NEWEST);
  expect(before.start).toBe('2026-11-09');
  expect(earlier(before, '2026-11-09').start).toBe('2026-11-02');
});

it('steps back by months across a year', () => {
  const january = ofPeriod(NEWEST_WEEK, 'MONTH');
  expect(earlier(january, '2026-01-01').start).toBe('2025-12-01');
});

it('returns to the newest period by null, so that it follows newer charts', () => {
  const twoBack = earlier(earlier(NEWEST_WEEK, NEWEST), '2026-11-09');
  const oneBack = later(twoBack);
  expect(oneBack.start).toBe('2026-11-09');
  expect(later(oneBack).start).toBeNull();
  expect(later(later(oneBack))).toEqual(later(oneBack));
});

it('keeps the period for another group, and goes back to the newest when switching between weeks and months', () => {
  const before = earlier(NEWEST_WEEK, NEWEST);
  expect(ofGroup(before, 'GENRE', 'Drama').start).toBe('2026-11-09');
  expect(ofPeriod(before, 'MONTH').start).toBeNull();
});

it('sends nothing until a group’s value is selected', () => {
  expect(toRankingsVariables(ofGroup(NEWEST_WEEK, 'GENRE'))).toBeNull();
  expect(toRankingsVariables(ofGroup(NEWEST_WEEK, 'DEVICE', 'mobile'))).toEqual({ period: 'WEEK', by: 'DEVICE', value: 'mobile' });
  expect(toRankingsVariables(earlier(NEWEST_WEEK, NEWEST))).toEqual({ period: 'WEEK', by: 'ALL', start: '2026-11-09' });
});

it.each([
  [4, 7, 3, { kind: 'up', places: 3 }],
  [7, 4, 3, { kind: 'down', places: 3 }],
  [4, 4, 9, { kind: 'same' }],
  [4, null, 1, { kind: 'new' }],
  [4, null, 2, { kind: 'back' }],
])('names the move to rank %i from %s in a film’s period %i on the chart', (rank, previous, periods, move) => {
  expect(rankMove(rank, previous, periods)).toEqual(move);
});
