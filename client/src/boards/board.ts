/** A board's questions: saved without range, comparison and zone, which are those of the page that shows them. */
import type { BoardsQuery, SaveBoardInput } from '../generated/operations';
import { readQuestion, writeQuestion } from '../explore/question';
import { formatValue } from '../format';
import { dimensionLabel } from '../labels';
import { DEFAULT_VIEW, FILTERS, readView, writeView } from '../view/view';

export type Board = BoardsQuery['boards'][number];
export type BoardPanel = Board['panels'][number];

/** The question of an address of Explore, with its filters. */
export function savedQuestion(search: string): string {
  const filters = writeView({ ...DEFAULT_VIEW, filters: readView(search).filters }, '');
  return writeQuestion(readQuestion(search), filters).slice(1);
}

/** The input that saves a board with other panels. */
export function changed({ id, version, title, sharedWith }: Board, panels: readonly BoardPanel[]): SaveBoardInput {
  return { id, version, title, sharedWith, panels: panels.map((one) => ({ title: one.title, question: one.question })) };
}

/** The list with one entry at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const entry = list[from];
  if (entry === undefined || to < 0 || to >= list.length) return list;
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), entry, ...rest.slice(to)];
}

/** The panel's own filters, in words. */
export function filterNote(question: string): string {
  const { filters } = readView(question);
  return FILTERS.flatMap((name) => {
    const values = filters[name];
    return values ? [`${dimensionLabel(name)}: ${values.map((value) => formatValue(name, value)).join(', ')}`] : [];
  }).join(' · ');
}
