/** Any response, the server's or a proxy's, becomes data or one error with a code and a message. */
import { describe, expect, it } from 'vitest';
import { readResponse } from '../src/api/response';
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
    const data = { movies: { totalCount: 2, edges: [{ node: { id: '1', genres: ['Drama', 'Crime'] } }] } };
    expect(responseRows(data)).toEqual([{ 'node.id': '1', 'node.genres': '["Drama","Crime"]' }]);
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
