/**
 * Asks random pairs of questions through Apollo's and graphcache's caches with their default settings, and compares what
 * each shows with an answer without a cache. Prints the differences as JSON, one a line.
 *
 * Usage: node caches.mjs URL TOKEN SEED PAIRS
 */
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { isDeepStrictEqual } from 'node:util';
import { Questions, chance, plain } from './questions.mjs';

const [url, token, seed, pairs] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };

async function uncached(document) {
  const response = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ query: document }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`${document}: ${errors[0].message}`);
  return data;
}

function apollo() {
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url, headers }) });
  return async (document) => plain((await client.query({ query: gql(document) })).data);
}

function graphcache() {
  const client = new Client({ url, exchanges: [cacheExchange({}), fetchExchange], fetchOptions: { headers } });
  return async (document) => {
    const { data, error } = await client.query(document, {}).toPromise();
    if (error) throw error;
    return plain(data);
  };
}

const questions = new Questions(chance(Number(seed)));
for (let pair = 0; pair < Number(pairs); pair += 1) {
  const [first, second] = [questions.document(), questions.document()];
  const expected = new Map([[first, await uncached(first)], [second, await uncached(second)]]);
  for (const [name, open] of Object.entries({ apollo, graphcache })) {
    const ask = open();
    for (const document of [first, second, first, second]) {
      const shown = await ask(document);
      if (!isDeepStrictEqual(shown, plain(expected.get(document)))) {
        console.log(JSON.stringify({ client: name, pair, first, second, document, shown, expected: expected.get(document) }));
      }
    }
  }
}
console.log(JSON.stringify({ pairs: Number(pairs) }));
