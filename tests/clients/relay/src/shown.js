/**
 * What Relay shows of one server is what an answer without a cache says: prints how many values of each example are
 * equal, a JSON line each.
 *
 * Usage: node shown.js URL TOKEN ID, where ID is the source's id of a film and of a user.
 */
import './dom.js';
import { Suspense, createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment, useRefetchableFragment } from 'react-relay';
import { graphql, requestSubscription } from 'relay-runtime';
import { compare, environment, shown, uncached } from './server.js';

const id = process.argv[4];

const TWO_IDS = graphql`
  query shownTwoIdsQuery($id: ID!) {
    user(id: $id) { sourceId views }
    movie(id: $id) { sourceId views }
  }
`;

const TWO_GROUPS = graphql`
  query shownTwoGroupsQuery {
    viewing {
      byC: rows(by: [COUNTRY]) { country views }
      byD: rows(by: [DEVICE]) { device views }
    }
  }
`;

const VIEWS = graphql`
  query shownViewsQuery {
    viewing(compareTo: PREVIOUS_PERIOD) { rows(by: [DEVICE]) { device views previous { views } } totals { views } }
  }
`;

const VIEWERS = graphql`
  query shownViewersQuery {
    viewing(compareTo: PREVIOUS_PERIOD) { rows(by: [DEVICE]) { device viewers } totals { viewers } }
  }
`;

const NODES = graphql`
  query shownNodesQuery($ids: [ID!]!) {
    nodes(ids: $ids) { __typename id ... on Movie { title averageRating } ... on User { country watchHours } }
  }
`;

const FILMS = graphql`
  query shownFilmsQuery($first: Int!) { ...shown_films @arguments(first: $first) }
`;

const FILMS_PAGE = graphql`
  fragment shown_films on Query
    @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" })
    @refetchable(queryName: "shownFilmsPageQuery") {
    movies(first: $first, after: $after, orderBy: { field: TITLE }) @connection(key: "shown_movies") {
      edges { node { id title views } }
    }
  }
`;

const FILM = graphql`
  query shownFilmQuery($id: ID!) { movie(id: $id) { ...shown_film @arguments(range: { last: "P30D" }) } }
`;

const FILM_PART = graphql`
  fragment shown_film on Movie
    @argumentDefinitions(range: { type: "TimeRange" })
    @refetchable(queryName: "shownFilmAgainQuery") {
    title
    trend(range: $range) { day views }
    ratings(first: 2) { nodes { rating } totalCount }
  }
`;

const REFUSED = graphql`
  query shownRefusedQuery {
    viewer { role }
    auditLog @catch(to: RESULT) { totalCount }
  }
`;

const FRESHNESS = graphql`
  subscription shownFreshnessSubscription { freshness { dataThrough } }
`;

/** Renders until the component has called `done`, and gives what it was called with. */
function rendered(Component, properties) {
  return new Promise((resolve) => {
    const root = createRoot(document.body.appendChild(document.createElement('div')));
    const done = (found) => { setTimeout(() => { root.unmount(); resolve(found); }); };
    const page = createElement(Suspense, { fallback: null }, createElement(Component, { ...properties, done }));
    root.render(createElement(RelayEnvironmentProvider, { environment: environment() }, page));
  });
}

/** Loads page after page. */
function Films({ done }) {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment(FILMS_PAGE, useLazyLoadQuery(FILMS, { first: 3 }));
  useEffect(() => {
    if (hasNext && !isLoadingNext) loadNext(3);
    if (!hasNext) done(data.movies.edges.map(({ node }) => node));
  });
  return null;
}

/** Shows a film, and asks for it again by its id, over another range. */
function Film({ range, done }) {
  const [film, refetch] = useRefetchableFragment(FILM_PART, useLazyLoadQuery(FILM, { id }).movie);
  useEffect(() => { refetch({ range }, { onComplete: () => undefined }); }, [range, refetch]);
  useEffect(() => { if (film.trend.length === 7) done(film); });
  return null;
}

async function same(name, query, variables = {}, from = environment()) {
  const found = await shown(from, query, variables);
  compare(name, found, await uncached(query, variables, found));
}

await same('two ids', TWO_IDS, { id });
await same('two groups', TWO_GROUPS);
await same('nodes', NODES, { ids: [`Movie:${id}`, `User:${id}`, 'Movie:nobody'] });

const shared = environment();
await same('views', VIEWS, {}, shared);
await same('viewers of the same rows', VIEWERS, {}, shared);
await same('views again', VIEWS, {}, shared);

const films = await rendered(Films);
const all = await uncached(FILMS, { first: 100 }, { movies: { edges: films.map((node) => ({ node })) } });
compare('films, page after page', films, all.movies.edges.map(({ node }) => node));

const range = { last: 'P7D' };
const film = await rendered(Film, { range });
const AGAIN = (await import('./__generated__/shownFilmAgainQuery.graphql.js')).default;
compare('a film again', film, (await uncached(AGAIN, { id: `Movie:${id}`, range }, { node: film })).node);

const { viewer, auditLog } = await shown(environment(), REFUSED);
compare('a refused field', { viewer, ok: auditLog.ok }, { viewer: { role: 'ANALYST' }, ok: false });

const event = await new Promise((resolve, reject) => {
  requestSubscription(environment(), { subscription: FRESHNESS, variables: {}, onNext: resolve, onError: reject });
});
compare('an event', Object.keys(event.freshness), ['dataThrough']);
process.exit(0);
