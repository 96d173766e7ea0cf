/** User search and masked fields. */
import { expect, it } from 'vitest';
import { masksOf } from '../src/pages/masks';
import { EVERYONE, readUserSearch, toUserFilter, writeUserSearch } from '../src/pages/userSearch';

it.each([
  ['42', { id: { eq: '42' } }],
  ['3f2504e0-4f89-41d3-9a0c-0305e82c3301', { id: { eq: '3f2504e0-4f89-41d3-9a0c-0305e82c3301' } }],
  [' maria@example.org ', { email: { eq: 'maria@example.org' } }],
  ['maria.santos', { username: { eq: 'maria.santos' } }],
])('the text %j becomes the filter %j', (text, filter) => {
  expect(toUserFilter({ ...EVERYONE, text })).toEqual(filter);
});

it('filters combine, and no filter finds everyone', () => {
  expect(toUserFilter({ text: '', country: 'US', subscription: 'premium' })).toEqual({
    country: { eq: 'US' },
    subscription: { eq: 'premium' },
  });
  expect(toUserFilter(EVERYONE)).toBeUndefined();
});

it('a search survives in the URL, beside the dashboard’s parameters', () => {
  const search = { text: 'a&b@example.org', country: 'US', subscription: '' };
  const address = writeUserSearch(search, '?zone=Asia%2FKolkata&subscription=Free');
  expect(readUserSearch(address)).toEqual(search);
  expect(new URLSearchParams(address).get('zone')).toBe('Asia/Kolkata');
  expect(writeUserSearch(EVERYONE, address)).toBe('?zone=Asia%2FKolkata');
});

it('masks are those of the shown type', () => {
  const masks = masksOf('User', {
    id: 'demo',
    subject: 'demo',
    role: 'VIEWER',
    permissions: [],
    scope: [],
    masks: [
      { type: 'User', field: 'email', strategy: 'EMAIL' },
      { type: 'Rating', field: 'reviewText', strategy: 'NULL' },
    ],
  });
  expect([...masks]).toEqual([['email', 'EMAIL']]);
  expect(masksOf('User', undefined).size).toBe(0);
});
