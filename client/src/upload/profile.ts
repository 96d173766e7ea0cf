/** A profile's document, as `docs/ingest.md` describes its keys, and how choosing a column changes it. */

type ByColumn = Readonly<Record<string, string>>;
type ListsByColumn = Readonly<Record<string, readonly string[]>>;

export interface ProfileDocument {
  readonly table?: string;
  readonly format?: string;
  readonly delimiter?: string;
  readonly encoding?: string;
  /** The file's columns, by the names that they have there, and which of the table's each is. */
  readonly map?: ByColumn;
  readonly leave_out?: readonly string[];
  readonly dates?: ListsByColumn;
  readonly units?: ByColumn;
  readonly separators?: ByColumn;
  readonly ids?: ListsByColumn;
  readonly hash_ids?: boolean;
}

/** The table's column that a column of the file becomes; '' if it becomes none. */
export function targetOf({ map = {}, leave_out = [] }: ProfileDocument, column: string, names: readonly string[]): string {
  if (leave_out.includes(column)) return '';
  const mapped = map[column];
  if (mapped !== undefined) return mapped;
  // A column of the file that is called so is not read where another takes its place.
  return names.includes(column) && !Object.values(map).includes(column) ? column : '';
}

/** The document by which a column of the file becomes another one of the table, or none. What it said of how that one is
 *  written was said of other cells. */
export function withTarget(document: ProfileDocument, column: string, target: string, names: readonly string[]): ProfileDocument {
  const before = targetOf(document, column, names);
  const map = without(document.map, ([source, named]) => source !== column && named !== target);
  const leftOut = (document.leave_out ?? []).filter((one) => one !== column && one !== target);
  const isOwn = target === column;
  return compact({
    ...forgetting(document, [before, target]),
    map: target && !isOwn ? { ...map, [column]: target } : map,
    leave_out: !target && names.includes(column) ? [...leftOut, column] : leftOut,
  });
}

/** The document by which numbers of a column are in a unit; '' is the table's own. */
export function withUnit(document: ProfileDocument, target: string, unit: string): ProfileDocument {
  const units = without(document.units, ([name]) => name !== target);
  return compact({ ...document, units: unit ? { ...units, [target]: unit } : units });
}

/** What is said of how the whole file is written; its columns may be others by it, so they are proposed anew. */
export function withDialect(document: ProfileDocument, change: Pick<ProfileDocument, 'delimiter' | 'encoding'>): ProfileDocument {
  const { delimiter, encoding } = { ...document, ...change };
  return { ...(delimiter && { delimiter }), ...(encoding && { encoding }) };
}

/** Without keys that say nothing; an empty map says that no column is another one. */
function compact(document: ProfileDocument): ProfileDocument {
  const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(document).filter(([key, value]) => key === 'map' || !isEmpty(value)));
}

function forgetting(document: ProfileDocument, targets: readonly string[]): ProfileDocument {
  const isKept = ([name]: readonly [string, unknown]) => !targets.includes(name);
  return {
    ...document,
    dates: without(document.dates, isKept),
    units: without(document.units, isKept),
    separators: without(document.separators, isKept),
    ids: without(document.ids, isKept),
  };
}

function without<Value>(table: Readonly<Record<string, Value>> = {}, isKept: (entry: [string, Value]) => boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(table).filter(isKept));
}
