/** The figure of the comparison and its change, where a row has one. */

interface Compared<Name extends string> {
  readonly previous: Readonly<Partial<Record<Name, number | null>>> | null;
  readonly change: Readonly<Partial<Record<Name, number | null>>> | null;
}

export function compared<Name extends string>(row: Compared<Name> | undefined, name: Name): { previous?: number | null; change?: number | null } {
  return row?.previous ? { previous: row.previous[name] ?? null, change: row.change?.[name] ?? null } : {};
}
