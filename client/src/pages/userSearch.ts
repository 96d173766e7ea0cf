/** The users page's search, kept in the URL's query, and the API's filter for it. */
import type { UserFilter } from '../generated/operations';

export interface UserSearch {
  readonly text: string;
  readonly country: string;
  readonly subscription: string;
}

export const EVERYONE: UserSearch = { text: '', country: '', subscription: '' };

/** The dashboard's filter uses the same `country` parameter. */
const PARAMETERS = { text: 'find', country: 'country', subscription: 'subscription' } as const;

export function readUserSearch(search: string): UserSearch {
  const query = new URLSearchParams(search);
  const read = (field: keyof UserSearch) => query.get(PARAMETERS[field]) ?? '';
  return { text: read('text'), country: read('country'), subscription: read('subscription') };
}

/** The query of `search` with this user search in it. Other parameters are kept. */
export function writeUserSearch(users: UserSearch, search: string): string {
  const query = new URLSearchParams(search);
  for (const field of ['text', 'country', 'subscription'] as const) {
    if (users[field]) query.set(PARAMETERS[field], users[field]);
    else query.delete(PARAMETERS[field]);
  }
  const text = query.toString();
  return text && `?${text}`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The text is a complete id, username or email. Filters see what the role sees, so a masked email can't be found. */
export function toUserFilter({ text, country, subscription }: UserSearch): UserFilter | undefined {
  const filter: UserFilter = {
    ...textFilter(text.trim()),
    ...(country && { country: { eq: country } }),
    ...(subscription && { subscription: { eq: subscription } }),
  };
  return Object.keys(filter).length > 0 ? filter : undefined;
}

function textFilter(text: string): UserFilter {
  if (!text) return {};
  if (text.includes('@')) return { email: { eq: text } };
  if (/^\d+$/.test(text) || UUID.test(text)) return { id: { eq: text } };
  return { username: { eq: text } };
}
