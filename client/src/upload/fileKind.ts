/** What a file is, by its name: how it is sent, and whether its beginning alone can be read. */

export interface FileKind {
  readonly mediaType: string;
  /** Packed formats are read from their end: their beginning says nothing. */
  readonly isPacked: boolean;
  readonly isGzip: boolean;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/csv',
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
  pq: 'application/vnd.apache.parquet',
  arrow: 'application/vnd.apache.arrow.stream',
  arrows: 'application/vnd.apache.arrow.stream',
  feather: 'application/vnd.apache.arrow.stream',
};
const TEXTS: readonly string[] = ['text/csv', 'application/x-ndjson'];

/** The ends of names, for the browser's file dialog. */
export const ACCEPTED = [...Object.keys(MEDIA_TYPES).map((end) => `.${end}`), '.gz'].join(',');

/** Null for a name that says no format which a browser can send. */
export function fileKindOf(name: string): FileKind | null {
  const parts = name.toLowerCase().split('.').slice(1);
  const isGzip = parts.at(-1) === 'gz';
  const mediaType = MEDIA_TYPES[(isGzip ? parts.at(-2) : parts.at(-1)) ?? ''];
  if (!mediaType) return null;
  const isPacked = !TEXTS.includes(mediaType);
  return isPacked && isGzip ? null : { mediaType, isPacked, isGzip };
}

/** A name for a profile of files like this one: letters, digits, - and _. */
export function profileNameOf(name: string): string {
  const words = (name.split('.')[0] ?? '').replaceAll(/[^\p{L}\p{N}_-]+/gu, '-').replaceAll(/^-+|-+$/g, '');
  return words === '' ? 'profile' : words;
}

/** A word of a command, quoted where a shell would not take it as it is. */
export function shellWord(word: string): string {
  return /^[\w./-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
