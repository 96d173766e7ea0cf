/** Questions in parameters: any measures by any dimensions. A name that the schema does not have does not compile. */
import type { Comparison, RatingFilter, RatingHaving, ViewingFilter, ViewingHaving } from './generated/operations.js';
import type { RatingDimensions, RatingGrain, RatingMeasures, ViewingDimensions, ViewingGrain, ViewingMeasures } from './generated/questions.js';

/** What can be asked of a root field. */
interface Root {
  readonly measures: object;
  readonly dimensions: object;
  readonly grain: string;
  readonly where: object;
  readonly having: object;
}

export interface Viewing extends Root {
  readonly measures: ViewingMeasures;
  readonly dimensions: ViewingDimensions;
  readonly grain: ViewingGrain;
  readonly where: ViewingFilter;
  readonly having: ViewingHaving;
}

export interface Rating extends Root {
  readonly measures: RatingMeasures;
  readonly dimensions: RatingDimensions;
  readonly grain: RatingGrain;
  readonly where: RatingFilter;
  readonly having: RatingHaving;
}

export type Measure<TRoot extends Root> = keyof TRoot['measures'] & string;
export type Dimension<TRoot extends Root> = (keyof TRoot['dimensions'] & string) | TRoot['grain'];
type Ordered<TRoot extends Root> = Measure<TRoot> | Dimension<TRoot> | 'time';

export interface Question<TRoot extends Root, TMeasure extends Measure<TRoot>, TDimension extends Dimension<TRoot>> {
  readonly measures: readonly TMeasure[];
  readonly by?: readonly TDimension[];
  /** `P7D`; or `from` and `to`. */
  readonly last?: string;
  readonly from?: string;
  readonly to?: string;
  readonly timeZone?: string;
  readonly where?: TRoot['where'];
  readonly having?: TRoot['having'];
  /** A minus is descending. */
  readonly orderBy?: readonly (Ordered<TRoot> | `-${Ordered<TRoot>}`)[];
  /** How many values of the first dimension by the first measure, and all others in a row. */
  readonly top?: number;
  readonly limit?: number;
  readonly fill?: boolean;
  readonly compareTo?: Comparison;
  readonly asOf?: string;
}

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;
/** One grain's bucket is called `time`, several have their own names. */
type Times<TGrain extends string> = [TGrain] extends [never] ? unknown : IsUnion<TGrain> extends true ? Readonly<Record<TGrain, string>> : { readonly time: string };

/** A row has the measures and dimensions that were asked, and no others. */
export type Row<TRoot extends Root, TMeasure extends Measure<TRoot>, TDimension extends Dimension<TRoot>> = Pick<TRoot['measures'], TMeasure & keyof TRoot['measures']> &
  Pick<TRoot['dimensions'], TDimension & keyof TRoot['dimensions']> &
  Times<TDimension & TRoot['grain']> & {
    /** With `top`. */
    readonly isOthers?: boolean;
    /** With `compareTo`. */
    readonly previous?: Pick<TRoot['measures'], TMeasure & keyof TRoot['measures']>;
    readonly change?: Readonly<Record<TMeasure, number | null>>;
  };

/** The query parameters of a question, or of an operation's variables: texts and numbers as they are, lists of names joined, the rest as JSON. */
export function parametersOf(values: object): URLSearchParams {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(values) as [string, unknown][]) {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    found.set(name, textOf(value));
  }
  return found;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(',');
  return JSON.stringify(value);
}
