/** All boards that the reader sees, and a new one. */
import { LayoutDashboard, Plus } from 'lucide-react';
import { type SubmitEvent, useId, useState } from 'react';
import { sharing } from '../boards/sharing';
import { Link } from '../components/Link';
import { EmptyCard, ErrorNotice } from '../components/Notice';
import { PageTitle } from '../components/PageTitle';
import { PageSkeleton } from '../components/PageSkeleton';
import { formatInstant } from '../format';
import { BoardsDocument, SaveBoardDocument } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { useNavigate, useSearch } from '../view/router';
import { useView } from '../view/useView';
import { viewOnly } from '../view/view';

export function BoardsPage() {
  const result = useOperation(BoardsDocument, {});
  const { view } = useView();
  const search = useSearch();
  const boards = result.data?.data.boards;
  return (
    <>
      <PageTitle title={t('Boards')} note={t('Questions that belong together; everyone sees them with their own token')}>
        <NewBoard />
      </PageTitle>
      {result.isError && <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />}
      {result.isPending && <PageSkeleton />}
      {boards?.length === 0 && <EmptyCard Icon={LayoutDashboard}>{t('No boards yet. Name one here, then save questions to it: from Explore, or from the menu of a panel.')}</EmptyCard>}
      <ul data-testid="boards" className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {boards?.map((board) => (
          <li key={board.id} data-row={board.title} className="card relative flex flex-col gap-1 p-4 hover:border-line-strong sm:p-5">
            <h2 className="font-semibold tracking-tight wrap-anywhere">
              <Link to={`/boards/${board.sourceId}${viewOnly(search)}`} className="after:absolute after:inset-0">{board.title}</Link>
            </h2>
            <p className="text-sm text-muted">{board.panels.length === 1 ? t('1 question') : t('{n} questions', { n: board.panels.length })}</p>
            <p className="mt-2 text-xs wrap-anywhere text-muted">{board.owner} · {sharing(board.sharedWith)} · {formatInstant(board.savedAt, view.timeZone)}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

function NewBoard() {
  const id = useId();
  const [title, setTitle] = useState('');
  const save = useMutationOperation(SaveBoardDocument);
  const navigate = useNavigate();
  const search = useSearch();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!title.trim()) return;
    save.mutate(
      { input: { title: title.trim(), panels: [] } },
      { onSuccess: ({ data }) => { navigate(`/boards/${data.saveBoard.board?.sourceId ?? ''}${viewOnly(search)}`); } },
    );
  }

  return (
    <form className="flex min-w-0 flex-wrap items-center gap-2" onSubmit={submit}>
      <label htmlFor={id} className="sr-only">{t('Name of a new board')}</label>
      <input id={id} type="text" className="control min-w-0" maxLength={120} placeholder={t('Name of a new board')} value={title} onChange={(event) => { setTitle(event.target.value); }} />
      <button type="submit" className="control" disabled={save.isPending}>
        <Plus className="size-4" aria-hidden />
        {t('Make the board')}
      </button>
      {save.error && <p role="alert" className="text-xs text-bad">{save.error.message}</p>}
    </form>
  );
}
