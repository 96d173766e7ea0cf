/** A question of Explore: measures, dimensions and the chart, kept in the address; and its text as GraphQL. */
import { type DimensionName, MEASURES, type MeasureName } from '../model';

export const TIME_STEPS = ['HOUR', 'DAY', 'WEEK', 'MONTH'] as const;
export type TimeStep = (typeof TIME_STEPS)[number];

/** The dimensions that can be grouped by, under the API's names. */
export const GROUPS = {
  HOUR_OF_DAY: 'hourOfDay',
  DAY_OF_WEEK: 'dayOfWeek',
  MOVIE: 'movie',
  GENRE: 'genre',
  DIRECTOR: 'director',
  RELEASE_YEAR: 'releaseYear',
  DEVICE: 'device',
  QUALITY: 'quality',
  COUNTRY: 'country',
  SUBSCRIPTION: 'subscription',
  AGE_BAND: 'ageBand',
  GENDER: 'gender',
} as const satisfies Record<string, DimensionName>;
export type Group = keyof typeof GROUPS;

export type ExploreMeasure = Exclude<MeasureName, 'users' | 'ratingsCount' | 'averageRating' | 'catalogueTitles'>;
const NOT_OF_VIEWING: readonly MeasureName[] = ['users', 'ratingsCount', 'averageRating', 'catalogueTitles'];
export const EXPLORE_MEASURES = (Object.keys(MEASURES) as MeasureName[]).filter((name): name is ExploreMeasure => !NOT_OF_VIEWING.includes(name));

export const CHARTS = ['auto', 'line', 'bars', 'heat', 'table'] as const;
export type ChartKind = (typeof CHARTS)[number];

export interface Question {
  /** The first is drawn. */
  readonly measures: readonly ExploreMeasure[];
  readonly by: readonly (TimeStep | Group)[];
  /** How many values of a dimension before all others. */
  readonly top: number;
  readonly chart: ChartKind;
}

const MOST_GROUPS = 2;
const TOPS = [5, 10, 20] as const;
export const DEFAULT_QUESTION: Question = { measures: ['views'], by: ['DAY'], top: 5, chart: 'auto' };

export function readQuestion(search: string): Question {
  const query = new URLSearchParams(search);
  const measures = listed(query.get('measures')).filter((name): name is ExploreMeasure => (EXPLORE_MEASURES as readonly string[]).includes(name));
  const by = listed(query.get('by')).filter(isGroup).slice(0, MOST_GROUPS);
  return {
    measures: measures.length > 0 ? measures : DEFAULT_QUESTION.measures,
    by: query.has('by') ? by : DEFAULT_QUESTION.by,
    top: TOPS.find((one) => String(one) === query.get('top')) ?? DEFAULT_QUESTION.top,
    chart: CHARTS.find((one) => one === query.get('chart')) ?? 'auto',
  };
}

/** The query of `search` with this question in it; the view stays. */
export function writeQuestion({ measures, by, top, chart }: Question, search: string): string {
  const query = new URLSearchParams(search);
  query.set('measures', measures.join());
  query.set('by', by.join());
  query.set('top', String(top));
  if (chart === 'auto') query.delete('chart');
  else query.set('chart', chart);
  return `?${query}`;
}

function listed(text: string | null): readonly string[] {
  return (text ?? '').split(',').filter(Boolean);
}

function isGroup(name: string): name is TimeStep | Group {
  return Object.hasOwn(GROUPS, name) || isTimeStep(name);
}

export function isTimeStep(name: string): name is TimeStep {
  return (TIME_STEPS as readonly string[]).includes(name);
}

/** The dimension of which the first values are kept. Hours and weekdays are few and have an order: all of them are. */
function firstCut({ by }: Question): Group | null {
  return by.find((name): name is Group => !isTimeStep(name) && name !== 'HOUR_OF_DAY' && name !== 'DAY_OF_WEEK') ?? null;
}

export function documentOf(question: Question, isCompared: boolean): string {
  const { measures, by, top } = question;
  const cut = firstCut(question);
  const hasTime = by.some(isTimeStep);
  const rows = [
    by.length > 0 && `by: [${by.join(', ')}]`,
    cut && `top: { n: ${top}, by: ${apiMeasure(measures[0] ?? 'views')} }`,
    hasTime && 'fill: true',
  ].filter(Boolean);
  const figures = measures.join(' ');
  const fields = [...by.map(fieldOf), figures, cut && 'isOthers', isCompared && `previous { ${figures} } change { ${figures} }`].filter(Boolean);
  const args = rows.length > 0 ? `(${rows.join(', ')})` : '';
  return `query Explore($range: TimeRange, $timeZone: TimeZone!, $where: ViewingFilter${isCompared ? ', $compareTo: Comparison' : ''}) {
  viewing(range: $range, timeZone: $timeZone, where: $where${isCompared ? ', compareTo: $compareTo' : ''}) {
    rows${args} {
      ${fields.join('\n      ')}
    }
    plan${args} {
      source
      pieces
      rejected { rollup reason }
    }
  }
}
`;
}

function fieldOf(name: TimeStep | Group): string {
  if (isTimeStep(name)) return 'time';
  return name === 'MOVIE' ? 'movie { sourceId title }' : GROUPS[name];
}

/** `watchHours` as the API's enum writes it: `WATCH_HOURS`, `WATCH_MINUTES_P50`. */
export function apiMeasure(name: string): string {
  return name.replaceAll(/([A-Z])/g, '_$1').toUpperCase();
}
