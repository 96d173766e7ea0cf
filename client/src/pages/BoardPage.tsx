/** One board: its questions in their order, which is changed by buttons, keys or dragging. */
import { CalendarClock, ChevronDown, ChevronUp, GripVertical, LayoutDashboard, Printer, Trash2 } from 'lucide-react';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { type Board, changed, moved } from '../boards/board';
import { BoardPanel } from '../boards/BoardPanel';
import { BoardReportsPanel } from '../boards/BoardReportsPanel';
import { SHARED_ROLES, sharing } from '../boards/sharing';
import { DeleteControl } from '../components/DeleteControl';
import { Link } from '../components/Link';
import { EmptyCard, ErrorNotice } from '../components/Notice';
import { ViewTitle } from '../components/PageTitle';
import { PageSkeleton } from '../components/PageSkeleton';
import { Select } from '../components/Select';
import { BoardDocument, type BoardPanelInput, DeleteBoardDocument, SaveBoardDocument, type SaveBoardInput } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { useViewer } from '../session/viewer';
import { useSearch } from '../view/router';
import { viewOnly } from '../view/view';
import { NotFoundPage } from './NotFoundPage';

export function BoardPage({ id }: { readonly id: string }) {
  const result = useOperation(BoardDocument, { id });
  const search = useSearch();
  if (result.isError) return <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />;
  if (result.isPending) return <PageSkeleton />;
  const { board } = result.data.data;
  if (!board) return <NotFoundPage path={`/boards/${id}`} />;
  return (
    <>
      <ViewTitle
        above={<Link to={`/boards${viewOnly(search)}`} className="text-accent hover:underline">{t('All boards')}</Link>}
        title={board.title}
        note={`${board.owner} · ${sharing(board.sharedWith)}`}
      />
      <Panels key={board.id} board={board} />
    </>
  );
}

function Panels({ board: loaded }: { readonly board: Board }) {
  const save = useMutationOperation(SaveBoardDocument);
  const saved = save.data?.data.saveBoard.board;
  // What was saved is here before it is loaded again.
  const board = saved && saved.version > loaded.version ? saved : loaded;
  const [isChanging, setIsChanging] = useState(false);
  const [isReporting, setIsReporting] = useState(false);
  const mayReport = useViewer()?.permissions.includes('saveReport') ?? false;
  const [dragged, setDragged] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const focusAt = useRef<number | null>(null);
  // The order that was just made is shown until the server has it.
  const panels = save.isPending ? save.variables.input.panels : board.panels;

  // Focus goes with the panel that was moved, once it is there.
  useEffect(() => {
    if (focusAt.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-place="${focusAt.current}"] [data-move]`)?.focus();
    focusAt.current = null;
  }, [panels]);

  function put(input: SaveBoardInput) {
    if (!save.isPending) save.mutate({ input });
  }
  function move(from: number, to: number) {
    const next = moved(board.panels, from, to);
    if (next === board.panels || from === to) return;
    put(changed(board, next));
    setSaid(t('{title} is now {place} of {count}.', { title: board.panels[from]?.title ?? '', place: to + 1, count: board.panels.length }));
    focusAt.current = to;
  }
  const drop = (to: number) => (event: DragEvent) => {
    event.preventDefault();
    if (dragged !== null) move(dragged, to);
    setDragged(null);
  };

  return (
    <>
      <div data-screen-only className="flex flex-wrap items-center gap-2">
        {board.mayChange && (
          <button type="button" className="control" aria-pressed={isChanging} onClick={() => { setIsChanging(!isChanging); }}>
            {isChanging ? t('Done') : t('Change the board')}
          </button>
        )}
        {mayReport && (
          <button type="button" className="control" aria-expanded={isReporting} onClick={() => { setIsReporting(!isReporting); }}>
            <CalendarClock className="size-4 text-muted" aria-hidden />
            {t('Send it regularly')}
          </button>
        )}
        <button type="button" className="control" onClick={() => { window.print(); }}>
          <Printer className="size-4 text-muted" aria-hidden />
          {t('Print')}
        </button>
        {isChanging && <Sharing board={board} onSave={put} />}
        {isChanging && (
          <DeleteControl
            mutation={DeleteBoardDocument}
            saved={board}
            label={t('Delete the board')}
            confirmation={t('Delete it for everyone')}
            list="/boards"
            isSaving={save.isPending}
          />
        )}
      </div>
      {isReporting && <BoardReportsPanel boardId={board.id} />}
      {save.error && <ErrorNotice error={save.error} onRetry={() => { save.reset(); }} />}
      <p role="status" className="sr-only">{said}</p>
      {panels.length === 0 && <EmptyCard Icon={LayoutDashboard}>{t('Nothing is on this board yet. Save questions to it from Explore, or from the menu of a panel.')}</EmptyCard>}
      <ol ref={list} className="grid gap-4 xl:grid-cols-2">
        {panels.map((panel, place) => (
          <li
            key={keyOf(panels, place)}
            data-place={place}
            draggable={isChanging}
            className={`flex min-w-0 flex-col [&>section]:grow ${dragged === place ? 'opacity-50' : ''} ${isChanging ? 'cursor-move' : ''}`}
            onDragStart={() => { setDragged(place); }}
            onDragEnd={() => { setDragged(null); }}
            onDragOver={(event) => { event.preventDefault(); }}
            onDrop={drop(place)}
          >
            <BoardPanel
              boardId={board.id}
              panel={panel}
              number={place}
              actions={isChanging && (
                <Order
                  title={panel.title}
                  place={place}
                  count={panels.length}
                  onMove={(to) => { move(place, to); }}
                  onRemove={() => { put(changed(board, board.panels.filter((_, index) => index !== place))); }}
                />
              )}
            />
          </li>
        ))}
      </ol>
    </>
  );
}

interface OrderProps {
  readonly title: string;
  readonly place: number;
  readonly count: number;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}

function Order({ title, place, count, onMove, onRemove }: OrderProps) {
  return (
    <>
      <GripVertical className="size-4 text-muted" aria-hidden />
      <button type="button" data-move className="icon-button" aria-disabled={place === 0} aria-label={t('Move {title} up', { title })} title={t('Move {title} up', { title })} onClick={() => { onMove(place - 1); }}>
        <ChevronUp className="size-4" aria-hidden />
      </button>
      <button type="button" className="icon-button" aria-disabled={place === count - 1} aria-label={t('Move {title} down', { title })} title={t('Move {title} down', { title })} onClick={() => { onMove(place + 1); }}>
        <ChevronDown className="size-4" aria-hidden />
      </button>
      <button type="button" className="icon-button" aria-label={t('Remove {title}', { title })} title={t('Remove {title}', { title })} onClick={onRemove}>
        <Trash2 className="size-4" aria-hidden />
      </button>
    </>
  );
}

function Sharing({ board, onSave }: { readonly board: Board; readonly onSave: (input: SaveBoardInput) => void }) {
  return (
    <Select
      label={t('Who sees this board')}
      all={t('Private')}
      value={board.sharedWith ?? ''}
      onChange={(value) => { onSave({ ...changed(board, board.panels), sharedWith: SHARED_ROLES.find((role) => role === value) ?? null }); }}
    >
      {SHARED_ROLES.map((role) => <option key={role} value={role}>{sharing(role)}</option>)}
    </Select>
  );
}

/** The same question may be on a board twice. */
function keyOf(panels: readonly BoardPanelInput[], place: number): string {
  const name = ({ title, question }: BoardPanelInput) => `${title} ${question}`;
  const names = panels.map(name);
  const own = names[place] ?? '';
  return `${own} ${names.slice(0, place).filter((one) => one === own).length}`;
}
