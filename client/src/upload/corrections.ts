/** Cells that were corrected before a file is loaded: by its row's number and the file's column, the text instead. */

export type Corrections = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The corrections with one more; null takes a cell's correction back. */
export function withCorrection(corrections: Corrections, row: number, column: string, text: string | null): Corrections {
  const cells = Object.entries({ ...corrections[row], [column]: text }).filter((cell): cell is [string, string] => cell[1] !== null);
  const others = Object.entries(corrections).filter(([number]) => number !== String(row));
  return Object.fromEntries(cells.length > 0 ? [...others, [String(row), Object.fromEntries(cells)]] : others);
}

/** Cells of text files can be corrected; packed ones are read as they are. */
export function isCorrectable(format: string): boolean {
  return format === 'csv' || format === 'ndjson';
}
