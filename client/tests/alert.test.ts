/** The form of an alert: bounds in percent, filters that it can show and those that it keeps, and the input it becomes. */
import { expect, it } from 'vitest';
import { type Alert, filtersOf, formOf, inputOf, ruleText } from '../src/alerts/alert';

const ALERT: Alert = {
  id: 'Alert:a1', sourceId: 'a1', version: 3, title: 'Fewer views', owner: 'ada', scope: [], measure: 'VIEWS', where: { country: { in: ['DE', 'AT'] }, device: { eq: 'tv' } },
  over: 'P7D', timeZone: 'UTC', condition: 'FALLS_BY', bound: 0.07, targets: [{ kind: 'EMAIL', address: 'ops@example.com' }],
  state: 'OK', since: null, isAcknowledged: false, silencedUntil: null, savedAt: '2026-05-01T00:00:00Z',
};

it('says what is watched', () => {
  expect(ruleText(ALERT)).toBe('Views over 7 days: 7.0% less than in the period before');
  expect(ruleText({ ...ALERT, measure: 'COMPLETION_RATE', condition: 'BELOW', bound: 0.5, over: 'P1D' })).toBe('Completion over a day: below 50.0%');
  expect(ruleText({ ...ALERT, condition: 'OUTSIDE_FORECAST', bound: null, over: 'P1D' })).toBe('Views over a day: outside the forecast');
});

it('comes back from the form as it went in', () => {
  const form = formOf(ALERT);
  expect([form.bound, form.filters]).toEqual(['7', { country: ['DE', 'AT'], device: ['tv'] }]);
  const input = inputOf(form, { id: 'Alert:a1', version: 3 });
  expect(input).toEqual({
    id: 'Alert:a1', version: 3, title: 'Fewer views', measure: 'VIEWS', condition: 'FALLS_BY', bound: 0.07, over: 'P7D', timeZone: 'UTC',
    where: { country: { in: ['DE', 'AT'] }, device: { in: ['tv'] } }, targets: [{ kind: 'EMAIL', address: 'ops@example.com' }],
  });
});

it('leaves out empty addresses, and no bound stays none', () => {
  const form = { ...formOf(ALERT), bound: ' ', targets: [{ kind: 'SLACK' as const, address: ' ' }] };
  expect([inputOf(form).bound, inputOf(form).targets]).toEqual([null, []]);
  expect(inputOf({ ...form, condition: 'OUTSIDE_FORECAST', bound: '5' }).bound).toBeNull();
});

it('keeps a filter that it can not show', () => {
  const where = { or: [{ country: { eq: 'DE' } }, { genre: { has: 'Drama' } }] };
  expect(filtersOf(where)).toBeNull();
  expect(filtersOf({ country: { eq: 'DE', ne: 'AT' } })).toBeNull();
  expect(filtersOf({ releaseYear: { eq: 2020 } })).toBeNull();
  expect(filtersOf(null)).toEqual({});
  expect(inputOf(formOf({ ...ALERT, where })).where).toEqual(where);
});
