/** One server: through Relay's store, and without any cache. */
import { createClient } from 'graphql-sse';
import { isDeepStrictEqual } from 'node:util';
import { Environment, Network, Observable, RecordSource, Store, fetchQuery } from 'relay-runtime';

const [url, token] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const streams = createClient({ url, headers });

async function send(query, variables) {
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return response.json();
}

function subscribe({ text: query }, variables) {
  return Observable.create((sink) => streams.subscribe({ query, variables }, sink));
}

/** An empty store with its network. */
export function environment() {
  return new Environment({ network: Network.create(({ text }, variables) => send(text, variables), subscribe), store: new Store(new RecordSource()) });
}

/** What Relay shows of a query. */
export function shown(from, query, variables = {}) {
  return fetchQuery(from, query, variables).toPromise();
}

/** The answer without a cache to the text that Relay sends, with the keys that `like` has: Relay adds ids and types. */
export async function uncached(query, variables, like) {
  const { data } = await send(query.params.text, variables);
  return withKeysOf(like, data);
}

function withKeysOf(like, value) {
  if (Array.isArray(like) && Array.isArray(value)) return value.map((one, place) => withKeysOf(like[place], one));
  if (typeof like !== 'object' || like === null || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.keys(like).map((key) => [key, withKeysOf(like[key], value[key])]));
}

/** What is shown and what should be, where they differ. */
export function difference(found, expected) {
  const plain = JSON.parse(JSON.stringify(found));
  return isDeepStrictEqual(plain, expected) ? null : { shown: plain, expected };
}

/** Prints a line: an example's name and how many values were compared, or how they differ. */
export function compare(name, found, expected) {
  console.log(JSON.stringify({ name, ...(difference(found, expected) ?? { values: leaves(expected) }) }));
}

function leaves(value) {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum, one) => sum + leaves(one), 0);
}
