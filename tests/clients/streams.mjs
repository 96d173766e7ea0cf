/**
 * Subscriptions that stay open, in four clients with their default settings, and in graphql-sse over one connection. Prints each event as JSON, a line:
 * `[client, dataThrough]`, or what ended the client's stream.
 *
 * Usage: node streams.mjs URL TOKEN..., where each connection of a client takes the next token, and then the last.
 */
import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, subscriptionExchange } from '@urql/core';
import { createClient as createSse } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';

// As in browsers, and in Node from 22 on.
globalThis.WebSocket ??= WebSocket;
const [url, ...tokens] = process.argv.slice(2);
const query = 'subscription { freshness { dataThrough } }';

/** A function that gives headers: the next token for each connection, which calls it so many times. */
function renewing(calls = 1) {
  let asked = 0;
  return () => ({ authorization: `Bearer ${tokens[Math.min(Math.floor(asked++ / calls), tokens.length - 1)]}` });
}

function sink(name) {
  const told = (value) => { console.log(JSON.stringify([name, value])); };
  return {
    // A stream whose token ends says so in an event, and comes back.
    next: ({ data }) => { if (data?.freshness) told(data.freshness.dataThrough); },
    error: (error) => { told(`error ${JSON.stringify(error)} ${String(error)}`); },
    complete: () => { told('complete'); },
  };
}

const socket = () => createSocket({ url: url.replace('http', 'ws'), connectionParams: renewing(), webSocketImpl: WebSocket });
const events = () => createSse({ url, headers: renewing() });
const shared = () => createSse({ url, headers: renewing(2), singleConnection: true });

socket().subscribe({ query }, sink('graphql-ws'));
events().subscribe({ query }, sink('graphql-sse'));
shared().subscribe({ query }, sink('graphql-sse, shared'));
new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(socket()) }).subscribe({ query: gql(query) }).subscribe(sink('apollo'));

const streams = events();
const forwardSubscription = (operation) => ({ subscribe: (to) => ({ unsubscribe: streams.subscribe(operation, to) }) });
new Client({ url, exchanges: [subscriptionExchange({ forwardSubscription })] }).subscription(query, {}).subscribe(sink('urql').next);
