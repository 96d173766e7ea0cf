/** The requests of the quarantine: which loads have rows in it, the rows of one, and corrected ones sent. */
import { headersFor, send } from '../api/transport';
import { PREFIX } from '../prefix';
import { readJson } from './requests';

/** The key of all that is asked of the quarantine. */
export const QUARANTINE = 'ingest/quarantine';

type Cells = Readonly<Record<string, string>>;

export interface QuarantinedLoad {
  readonly load: number;
  readonly table: string;
  readonly files: readonly string[];
  readonly rows: number;
  /** Whether its rows can be corrected in place; of films and users the corrected file is loaded. */
  readonly repairable: boolean;
}

export interface QuarantinedRow {
  readonly row: number;
  readonly reason: string;
  readonly explanation: string;
  readonly cells: Cells;
  /** What the file had where the row could not be taken apart. */
  readonly text: string;
}

export interface QuarantinedRows {
  readonly load: number;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly required: boolean }[];
  readonly rows: readonly QuarantinedRow[];
  readonly more?: boolean;
}

export interface Repaired {
  readonly load_id: number;
  readonly accepted: number;
  readonly duplicates: number;
  /** The rows that are still bad, as they are now. */
  readonly rejects: readonly QuarantinedRow[];
}

/** By row's number and column, what was typed. */
export type Edits = Readonly<Record<number, Cells>>;

export async function getQuarantine(token: string, signal: AbortSignal): Promise<readonly QuarantinedLoad[]> {
  const answer = await send(`${PREFIX}/ingest/quarantine`, { headers: headersFor(token), signal });
  return (await readJson<{ readonly loads: readonly QuarantinedLoad[] }>(answer)).loads;
}

export async function getRows(token: string, load: number, after: number, signal: AbortSignal): Promise<QuarantinedRows> {
  return readJson(await send(`${PREFIX}/ingest/quarantine/${load}?after=${after}`, { headers: headersFor(token), signal }));
}

export async function sendRows(token: string, load: number, rows: readonly { readonly row: number; readonly cells: Cells }[]): Promise<Repaired> {
  const headers = { ...headersFor(token), 'Content-Type': 'application/json' };
  return readJson(await send(`${PREFIX}/ingest/quarantine/${load}`, { method: 'POST', headers, body: JSON.stringify({ rows }), signal: undefined }));
}

/** The columns that are shown: those that some row has, and those that each must have. */
export function shownColumns({ columns, rows }: QuarantinedRows): readonly string[] {
  const own = columns.filter(({ name, required }) => required || rows.some(({ cells }) => name in cells)).map(({ name }) => name);
  const others = new Set(rows.flatMap(({ cells }) => Object.keys(cells)).filter((name) => columns.every((column) => column.name !== name)));
  return [...own, ...[...others].sort()];
}

/** The edited rows, whole: their own cells and what was typed. */
export function editedRows(rows: readonly QuarantinedRow[], edits: Edits): readonly { readonly row: number; readonly cells: Cells }[] {
  return rows.flatMap(({ row, cells }) => {
    const typed = Object.entries(edits[row] ?? {}).filter(([name, text]) => text !== (cells[name] ?? ''));
    return typed.length > 0 ? [{ row, cells: { ...cells, ...Object.fromEntries(typed) } }] : [];
  });
}

/** Rows whose content is not kept, such as those of people who were forgotten, can't be corrected. */
export function isKept({ cells, text }: QuarantinedRow): boolean {
  return text !== '' || Object.keys(cells).length > 0;
}
