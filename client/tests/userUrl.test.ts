/** The URL of a user's page survives any id. */
import { expect, it } from 'vitest';
import { userAtPath, userUrl } from '../src/view/userUrl';

it('finds the user again, whatever characters their id has', () => {
  for (const id of ['42', 'a/b c?d#e', '100%']) expect(userAtPath(userUrl(id))).toBe(id);
  expect(userAtPath('/users/100%')).toBe('100%');
  expect([userAtPath('/users'), userAtPath('/users/'), userAtPath('/pipeline')]).toEqual([null, null, null]);
});
