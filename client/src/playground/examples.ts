/** The tabs of a first visit: published operations with variables worth changing. */
import dashboard from '../../operations/Dashboard.graphql?raw';
import rankings from '../../operations/Rankings.graphql?raw';
import topMovies from '../../operations/TopMovies.graphql?raw';
import users from '../../operations/Users.graphql?raw';
import viewer from '../../operations/Viewer.graphql?raw';
import viewing from '../../operations/ViewingByDayAndGenre.graphql?raw';

export interface Example {
  readonly query: string;
  readonly variables: string;
}

function example(query: string, variables: object): Example {
  return { query, variables: JSON.stringify(variables, null, 2) };
}

export const EXAMPLES: readonly Example[] = [
  example(dashboard, { range: { last: 'P30D' }, timeZone: 'UTC', compareTo: 'PREVIOUS_PERIOD' }),
  example(viewing, { range: { last: 'P7D' }, timeZone: 'America/New_York' }),
  example(topMovies, { limit: 5, orderBy: 'WATCH_HOURS', range: { last: 'P30D' }, timeZone: 'UTC' }),
  example(`${users}\n${viewer}`, { first: 5, orderBy: { field: 'WATCH_HOURS', direction: 'DESC' } }),
  example(rankings, { period: 'WEEK', by: 'ALL', limit: 10 }),
];
