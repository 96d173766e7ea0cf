/**
 * Loads connections page after page with the paging helpers of Apollo and graphcache, in both directions, and compares
 * what their caches show after each page with the same rows of one answer without a cache. Prints differences and, for
 * each list that was walked, the number of pages, as JSON, one a line.
 *
 * Usage: node paging.mjs URL TOKEN USER FILM, with the source's ids
 */
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { isDeepStrictEqual } from 'node:util';
import { plain } from './questions.mjs';

const [url, token, user, film] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };
const ARGUMENTS = '$first: Int, $after: String, $last: Int, $before: String';
const PAGE = 'first: $first, after: $after, last: $last, before: $before';
const INFO = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

/** A list: its document, the variables that are not the page's, and where an answer has the connection. */
function list(name, before, field, node, variables = {}, more = '') {
  const declared = [ARGUMENTS, ...(more ? [more] : [])].join(', ');
  const filters = Object.keys(variables).filter((one) => one !== 'id').map((one) => `, ${one}: $${one}`).join('');
  const connection = `${field}(${PAGE}${filters}) { totalCount edges { cursor node { ${node} } } ${INFO} }`;
  const document = before ? `query (${declared}) { ${before} { id ${connection} } }` : `query (${declared}) { ${connection} }`;
  const of = (data) => (before ? Object.values(plain(data))[0] : plain(data))[field];
  return { name, document, variables, of };
}

const MOVIES = ['', 'movies', 'id title averageRating'];
const FILTERED = '$where: MovieFilter, $orderBy: MovieOrder';
const DRAMAS = { where: { title: { startsWith: 'd' } }, orderBy: { field: 'VIEWS', direction: 'DESC' } };
const LISTS = [
  list('movies', ...MOVIES),
  list('users', '', 'users', 'id username country'),
  list('ratings', '', 'ratings', 'id rating movie { id title }'),
  list('sessions of a user', 'user(id: $id)', 'sessions', 'id startTime device movie { id title }', { id: user }, '$id: ID!'),
  list('ratings of a film', 'movie(id: $id)', 'ratings', 'id rating', { id: film }, '$id: ID!'),
];
const TWO_FILTERS = [
  list('some movies', ...MOVIES, DRAMAS, FILTERED),
  list('all movies, most viewed first', ...MOVIES, { ...DRAMAS, where: null }, FILTERED),
  list('the same, by title', ...MOVIES, { where: null, orderBy: { field: 'TITLE', direction: 'ASC' } }, FILTERED),
];

async function uncached(asked, variables) {
  const body = JSON.stringify({ query: asked.document, variables: { ...asked.variables, ...variables } });
  const response = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`${asked.document}: ${errors[0].message}`);
  return asked.of(data);
}

/** Apollo with the policies of the page: what two lists differ by are key arguments. */
function apollo() {
  const paged = relayStylePagination(['where', 'orderBy']);
  const fields = { movies: paged, users: paged, ratings: paged };
  const typePolicies = { Query: { fields }, User: { fields: { sessions: paged, ratings: paged } }, Movie: { fields: { ratings: paged } } };
  const client = new ApolloClient({ cache: new InMemoryCache({ typePolicies }), link: new HttpLink({ uri: url, headers }) });
  return (asked) => {
    let watched;
    return async (page) => {
      const variables = { ...asked.variables, ...page };
      if (watched) {
        await watched.fetchMore({ variables });
      } else {
        watched = client.watchQuery({ query: gql(asked.document), variables });
        await new Promise((resolve) => { watched.subscribe(({ data }) => { if (data) resolve(); }); });
      }
      return asked.of(client.readQuery({ query: watched.query, variables: watched.variables }));
    };
  };
}

function graphcache() {
  const paged = relayPagination();
  const resolvers = { Query: { movies: paged, users: paged, ratings: paged }, User: { sessions: paged, ratings: paged }, Movie: { ratings: paged } };
  const client = new Client({ url, exchanges: [cacheExchange({ resolvers }), fetchExchange], fetchOptions: { headers } });
  return (asked) => async (page) => {
    const { data, error } = await client.query(asked.document, { ...asked.variables, ...page }).toPromise();
    if (error) throw error;
    return asked.of(data);
  };
}

const FORWARDS = {
  page: (size, shown) => ({ first: size, after: shown?.pageInfo.endCursor }),
  goesOn: ({ hasNextPage }) => hasNextPage,
  loaded: (rows, count) => rows.slice(0, count),
};
const BACKWARDS = {
  page: (size, shown) => ({ last: size, before: shown?.pageInfo.startCursor }),
  goesOn: ({ hasPreviousPage }) => hasPreviousPage,
  loaded: (rows, count) => rows.slice(Math.max(rows.length - count, 0)),
};

/** One list being loaded; each step loads a page and compares everything that is shown. */
async function walk(client, name, asked, way, load, sizes) {
  const whole = await uncached(asked, { first: 1000 });
  let [shown, count, pages] = [undefined, 0, 0];
  return async () => {
    if (shown && !way.goesOn(shown.pageInfo)) return false;
    const size = sizes[Math.min(pages, sizes.length - 1)];
    [count, pages] = [count + size, pages + 1];
    shown = await load(way.page(size, shown));
    const expected = { edges: way.loaded(whole.edges, count), totalCount: whole.totalCount, goesOn: count < whole.totalCount };
    const found = { edges: shown.edges, totalCount: shown.totalCount, goesOn: way.goesOn(shown.pageInfo) };
    if (!isDeepStrictEqual(found, expected)) console.log(JSON.stringify({ client, name, pages, found, expected }));
    if (!expected.goesOn) console.log(JSON.stringify({ client, name, pages }));
    return true;
  };
}

/** Loads lists in turn, a page of each at a time, until all are there. */
async function together(...steps) {
  for (let waiting = steps; waiting.length > 0;) {
    const going = [];
    for (const step of waiting) if (await step()) going.push(step);
    waiting = going;
  }
}

for (const [client, open] of Object.entries({ apollo, graphcache })) {
  for (const asked of LISTS) {
    await together(await walk(client, `${asked.name}, forwards`, asked, FORWARDS, open()(asked), [7]));
    await together(await walk(client, `${asked.name}, backwards`, asked, BACKWARDS, open()(asked), [9]));
    await together(await walk(client, `${asked.name}, from none`, asked, FORWARDS, open()(asked), [0, 50]));
  }
  const shared = open();
  await together(...(await Promise.all(TWO_FILTERS.map((asked) => walk(client, asked.name, asked, FORWARDS, shared(asked), [2])))));
}
process.exit(0);
