/** Turns any response into rows of plain cells, for operations without a panel of their own. Ids are for caches, not for readers: `sourceId` stays. */

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** The first list in the response, each object flattened (`movie.title`). Without a list, the response is one row. */
export function responseRows(data: unknown): readonly Row[] {
  const list = findList(data);
  if (list) return list.map((entry) => flatten(entry));
  return isRecord(data) ? Object.values(data).filter(isRecord).map((entry) => flatten(entry)) : [];
}

/** The list's total count, if the response is a page of it. */
export function totalOf(data: unknown): number | null {
  if (!isRecord(data)) return null;
  for (const inner of Object.values(data)) {
    if (isRecord(inner) && Array.isArray(inner.edges) && typeof inner.totalCount === 'number') return inner.totalCount;
  }
  return null;
}

function findList(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (!isRecord(value)) return null;
  for (const inner of Object.values(value)) {
    const list = findList(inner);
    if (list) return list;
  }
  return null;
}

function flatten(value: unknown, path = ''): Row {
  if (!isRecord(value)) return { [path || 'value']: isCell(value) ? value : JSON.stringify(value, withoutId) };
  return Object.assign(
    {},
    ...Object.entries(value)
      .filter(([name]) => name !== 'id')
      .map(([name, inner]) => flatten(inner, path ? `${path}.${name}` : name)),
  ) as Row;
}

/** For `JSON.stringify`: leaves ids out of lists that a cell holds. */
function withoutId(name: string, value: unknown): unknown {
  return name === 'id' ? undefined : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCell(value: unknown): value is Cell {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
