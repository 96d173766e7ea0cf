/** The URL of a user's or a film's page survives any id. */
import { expect, it } from 'vitest';
import { filmUrl, idAt, userUrl } from '../src/view/entityUrl';

it('finds the id again, whatever characters it has', () => {
  for (const id of ['42', 'a/b c?d#e', '100%']) {
    expect(idAt(userUrl(id), '/users')).toBe(id);
    expect(idAt(filmUrl(id), '/films')).toBe(id);
  }
  expect(idAt('/users/100%', '/users')).toBe('100%');
});

it('is on no other page', () => {
  expect([idAt('/users', '/users'), idAt('/users/', '/users'), idAt('/films/1', '/users')]).toEqual([null, null, null]);
});
