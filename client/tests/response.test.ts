/** Any response, the server's or a proxy's, becomes data or one error with a code and a message. */
import { describe, expect, it } from 'vitest';
import { RequestError } from '../src/api/errors';
import { hasRefusals, readField } from '../src/api/fieldErrors';
import { makeQueryClient } from '../src/api/queryClient';
import { readParts, readResponse } from '../src/api/response';
import { responseRows, totalOf } from '../src/embed/responseRows';

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

describe('a response', () => {
  it('with data keeps its provenance', async () => {
    const answer = await readResponse(json({ data: { views: 1 }, extensions: { marquee: { dataThrough: '2026-11-23T05:47:00Z' } } }));
    expect(answer).toEqual({ data: { views: 1 }, provenance: { dataThrough: '2026-11-23T05:47:00Z' } });
  });

  it('with errors throws the first one, with the server’s code', async () => {
    const errors = [{ message: 'Choose a shorter range.', extensions: { code: 'TOO_EXPENSIVE' } }, { message: 'second' }];
    await expect(readResponse(json({ data: null, errors }))).rejects.toMatchObject({
      code: 'TOO_EXPENSIVE',
      message: 'Choose a shorter range.',
    });
  });

  it('that refuses the token is recognized by its status', async () => {
    await expect(readResponse(json({ errors: [{ message: 'Expired.' }] }, 401))).rejects.toMatchObject({ isUnauthenticated: true });
  });

  it.each([
    [502, 'UNAVAILABLE'],
    [504, 'TIMEOUT'],
    [500, 'INTERNAL'],
    [404, 'UNREADABLE'],
  ])('of a proxy with status %d is %s', async (status, code) => {
    await expect(readResponse(new Response('<html>', { status }))).rejects.toMatchObject({ code });
  });

  it('without data and without errors is an error', async () => {
    await expect(readResponse(json({ data: null }))).rejects.toMatchObject({ code: 'UNREADABLE' });
  });
});

describe('any response as rows', () => {
  it('is its first list, flattened', () => {
    const data = { movies: { totalCount: 2, edges: [{ node: { sourceId: '1', genres: ['Drama', 'Crime'] } }] } };
    expect(responseRows(data)).toEqual([{ 'node.sourceId': '1', 'node.genres': '["Drama","Crime"]' }]);
  });

  it('has no ids for caches, at any depth', () => {
    const data = { churnRisk: [{ id: 'a', probability: 1, user: { id: 'User:1', sourceId: '1' }, features: [{ id: 'b', name: 'age' }] }] };
    expect(responseRows(data)).toEqual([{ probability: 1, 'user.sourceId': '1', features: '[{"name":"age"}]' }]);
  });

  it('of a page gives the list’s total', () => {
    expect(totalOf({ movies: { totalCount: 24, edges: [] } })).toBe(24);
    expect(totalOf({ movies: { edges: [] } })).toBeNull();
    expect(totalOf({ genres: [{ totalCount: 3 }] })).toBeNull();
  });

  it('is one row without a list', () => {
    expect(responseRows({ movie: { title: 'Low Tide', averageRating: null } })).toEqual([{ title: 'Low Tide', averageRating: null }]);
  });

  it('is empty without data', () => {
    expect(responseRows({ movie: null })).toEqual([]);
  });
});

describe('a response with a refused field', () => {
  const errors = [
    { message: 'Not for a scope.', path: ['forecast'], extensions: { code: 'FORBIDDEN' } },
    { message: 'Choose fewer rows.', path: ['days', 'rows'], extensions: { code: 'TOO_EXPENSIVE' } },
  ];

  it('gives the others, and throws that field’s own error when it is read', async () => {
    const data = { forecast: null, days: { rows: null, totals: { views: 3 } }, movie: null };
    const answer = await readParts<typeof data>(json({ data, errors }));
    expect(answer.data.days.totals.views).toBe(3);
    expect(answer.data.movie).toBeNull();
    expect(readField(() => answer.data.forecast)).toMatchObject({ code: 'FORBIDDEN', message: 'Not for a scope.' });
    expect(readField(() => answer.data.days.rows)).toMatchObject({ code: 'TOO_EXPENSIVE' });
    expect(hasRefusals(answer.data)).toBe(true);
  });

  it('and nothing else throws the first error', async () => {
    const data = { forecast: null, days: { id: 'a', rows: null } };
    await expect(readParts(json({ data, errors }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is one error to readers of the whole', async () => {
    await expect(readResponse(json({ data: { forecast: null, movie: { id: '1' } }, errors }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('keeps its refusals in the query cache, and leaves them when they end', async () => {
    const client = makeQueryClient(() => undefined);
    const partial = () => readParts(json({ data: { forecast: null, days: { rows: [1] } }, errors: errors.slice(0, 1) }));
    const fetch = (queryFn: () => Promise<unknown>) => client.query({ queryKey: ['page'], queryFn, staleTime: 0 });
    await fetch(partial);
    await fetch(partial);
    expect(readField(() => client.getQueryData<{ data: { forecast: unknown } }>(['page'])?.data.forecast)).toBeInstanceOf(RequestError);
    await fetch(() => readParts(json({ data: { forecast: [], days: { rows: [1] } } })));
    expect(client.getQueryData<{ data: { forecast: unknown } }>(['page'])?.data.forecast).toEqual([]);
  });
});
