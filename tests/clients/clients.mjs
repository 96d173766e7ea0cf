/**
 * What other clients show of one server, as JSON: values, error codes, events.
 *
 * Usage: node clients.mjs URL TOKEN
 */
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { GraphQLClient } from 'graphql-request';
import { createClient as createSse } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };
const ROLE = '{ viewer { role } }';
const FRESHNESS = 'subscription { freshness { dataThrough } }';

async function first(events) {
  for await (const event of events) return event.data;
}

async function apolloCode() {
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url, headers: { authorization: 'Bearer x' } }) });
  try {
    await client.query({ query: gql(ROLE) });
  } catch (error) {
    return CombinedGraphQLErrors.is(error) ? error.errors[0].extensions.code : String(error);
  }
}

const urql = new Client({ url, exchanges: [fetchExchange], fetchOptions: { headers } });
const socket = createSocket({ url: url.replace('http', 'ws'), connectionParams: headers, webSocketImpl: WebSocket });
const sse = createSse({ url, headers });
const shared = createSse({ url, headers, singleConnection: true });

/** Operations of one connection, side by side. */
async function together() {
  const [live, ...roles] = await Promise.all([first(shared.iterate({ query: FRESHNESS })), ...[1, 2].map(() => first(shared.iterate({ query: ROLE })))]);
  return [Object.keys(live.freshness), ...roles];
}
const shown = {
  urql: (await urql.query(ROLE, {}).toPromise()).data,
  graphqlRequest: await new GraphQLClient(url, { headers }).request(ROLE),
  graphqlWs: Object.keys((await first(socket.iterate({ query: FRESHNESS }))).freshness),
  graphqlSse: Object.keys((await first(sse.iterate({ query: FRESHNESS }))).freshness),
  graphqlSseShared: await together(),
  apolloCode: await apolloCode(),
};
console.log(JSON.stringify(shown));
process.exit(0);
