/** Examples by chapter: published operations with variables worth changing, and questions of one's own. */
import { getOperationAST, type GraphQLSchema, parse, validate } from 'graphql';

const OPERATIONS: Readonly<Record<string, string>> = import.meta.glob('../../operations/*.graphql', { query: '?raw', import: 'default', eager: true });

const LAST_MONTH = { range: { last: 'P30D' }, timeZone: 'UTC' };
const VIEWERS_BY_DAY = `# Any measures by any dimensions: films that a country watched, day by day.
query ViewersByDay($range: TimeRange!, $where: ViewingFilter) {
  viewing(range: $range, where: $where) {
    rows(by: [DAY, MOVIE], orderBy: [{ field: VIEWERS, direction: DESC }], limit: 20) {
      time
      movie {
        title
      }
      viewers
      watchHours
    }
    plan(by: [DAY, MOVIE], measures: [VIEWERS, WATCH_HOURS]) {
      source
    }
  }
}
`;

export interface Example {
  readonly name: string;
  readonly query: string;
  readonly variables: string;
}

export interface Chapter {
  readonly title: string;
  readonly examples: readonly Example[];
}

function example(name: string, query: string, variables: object): Example {
  return { name, query, variables: JSON.stringify(variables, null, 2) };
}

/** A published operation; `variables` are those of a first try. */
function published(name: string, variables: object = {}): Example {
  return example(name, OPERATIONS[`../../operations/${name}.graphql`] ?? '', variables);
}

/** What a first visit shows; every role may ask it. */
export const FIRST_EXAMPLE = published('Dashboard', { ...LAST_MONTH, compareTo: 'PREVIOUS_PERIOD' });

export const CHAPTERS: readonly Chapter[] = [
  {
    title: 'Overview',
    examples: [
      FIRST_EXAMPLE,
      published('DailyTrends', LAST_MONTH),
      published('Genres', LAST_MONTH),
      published('Countries', { ...LAST_MONTH, limit: 10 }),
      published('Devices', { ...LAST_MONTH, where: { country: { in: ['DE', 'US'] } } }),
      published('Viewer'),
    ],
  },
  {
    title: 'Films',
    examples: [
      published('TopMovies', { limit: 5, orderBy: 'WATCH_HOURS', ...LAST_MONTH }),
      published('Movies', { first: 10 }),
      published('Rankings', { period: 'WEEK', by: 'ALL', limit: 10 }),
    ],
  },
  { title: 'Audience', examples: [published('Audience', LAST_MONTH), published('HourlyTrends', LAST_MONTH), published('ViewingPatterns')] },
  { title: 'Playback', examples: [published('Playback', LAST_MONTH), published('QualityAlerts')] },
  { title: 'Predictions', examples: [published('Forecast'), published('ChurnRisk', { limit: 10 }), published('ModelReports')] },
  { title: 'Users', examples: [published('Users', { first: 5, orderBy: { field: 'WATCH_HOURS', direction: 'DESC' } })] },
  {
    title: 'Explore',
    examples: [
      example('ViewersByDay', VIEWERS_BY_DAY, { range: { last: 'P7D' }, where: { country: { eq: 'DE' } } }),
      published('ViewingByDayAndGenre', { range: { last: 'P7D' }, timeZone: 'America/New_York' }),
      published('DimensionValues', { field: 'COUNTRY' }),
      published('Metrics'),
    ],
  },
  { title: 'Operations', examples: [published('Freshness'), published('DataQuality'), published('PipelineRuns'), published('AuditLog', { first: 20 })] },
];

/** The chapters with what a role may ask by its schema. */
export function chaptersOf(schema: GraphQLSchema): readonly Chapter[] {
  const asked = CHAPTERS.map(({ title, examples }) => ({ title, examples: examples.filter(({ query }) => isValid(schema, query)) }));
  return asked.filter(({ examples }) => examples.length > 0);
}

function isValid(schema: GraphQLSchema, query: string): boolean {
  const document = parse(query);
  const asked = getOperationAST(document);
  // Nothing is wrong with the fields of a type that there is not.
  return !!asked && !!schema.getRootType(asked.operation) && validate(schema, document).length === 0;
}
