/** Saves a question to a board that may be changed, or to a new one. */
import { Plus } from 'lucide-react';
import { type SubmitEvent, useId, useState } from 'react';
import { Link } from '../components/Link';
import { BoardsDocument, SaveBoardDocument, type SaveBoardInput } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { useSearch } from '../view/router';
import { viewOnly } from '../view/view';
import { changed } from './board';

interface SaveToBoardProps {
  readonly title: string;
  readonly question: string;
}

export function SaveToBoard({ title, question }: SaveToBoardProps) {
  const id = useId();
  const [name, setName] = useState('');
  const result = useOperation(BoardsDocument, {});
  const save = useMutationOperation(SaveBoardDocument);
  const search = useSearch();
  const boards = result.data?.data.boards.filter(({ mayChange }) => mayChange) ?? [];
  const saved = save.data?.data.saveBoard.board;

  function put(input: SaveBoardInput) {
    if (!save.isPending) save.mutate({ input });
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (name.trim()) put({ title: name.trim(), panels: [{ title, question }] });
  }

  if (saved) {
    return (
      <p role="status" className="max-w-64 p-2.5 text-sm">
        {t('Saved to {board}.', { board: saved.title })}{' '}
        <Link to={`/boards/${saved.sourceId}${viewOnly(search)}`} className="text-accent underline">{t('Open the board')}</Link>
      </p>
    );
  }
  return (
    <div className="flex min-w-56 flex-col">
      <p className="px-2.5 pt-1 pb-1 text-xs text-muted">{t('Save to a board')}</p>
      {boards.map((board) => (
        <button key={board.id} type="button" className="menu-item" onClick={() => { put(changed(board, [...board.panels, { title, question }])); }}>
          <span className="truncate">{board.title}</span>
        </button>
      ))}
      <form className="flex items-center gap-2 p-2" onSubmit={submit}>
        <label htmlFor={id} className="sr-only">{t('Name of a new board')}</label>
        <input id={id} type="text" className="control min-w-0 grow" maxLength={120} placeholder={t('Name of a new board')} value={name} onChange={(event) => { setName(event.target.value); }} />
        <button type="submit" className="icon-button shrink-0" aria-label={t('Make the board')} title={t('Make the board')} disabled={!name.trim() || save.isPending}>
          <Plus className="size-4" aria-hidden />
        </button>
      </form>
      {(save.error ?? result.error) && <p role="alert" className="max-w-64 p-2 text-xs text-bad">{(save.error ?? result.error)?.message}</p>}
    </div>
  );
}
