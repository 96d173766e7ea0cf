/** A question in the playground's address: `?query=...&variables=...`, to be shared. */
import { PREFIX } from '../prefix';

export interface SharedQuestion {
  readonly query: string;
  readonly variables?: string;
}

/** The question that an address holds, if it holds one. */
export function questionOf({ search }: Pick<Location, 'search'>): SharedQuestion | null {
  const given = new URLSearchParams(search);
  const [query, variables] = [given.get('query'), given.get('variables')];
  return query === null ? null : { query, ...(variables === null ? {} : { variables }) };
}

/** The address of a question, without a token. */
export function addressOf({ origin }: Pick<Location, 'origin'>, { query, variables }: SharedQuestion): string {
  const given = new URLSearchParams({ query, ...(variables?.trim() ? { variables } : {}) });
  return `${origin}${PREFIX}/playground?${given.toString()}`;
}
