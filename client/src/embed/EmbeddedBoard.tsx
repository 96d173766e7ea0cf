/** A saved board in a frame: its questions, asked under the view that the page around gives, with the embed's token. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { LayoutDashboard } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { BoardPanel as Saved } from '../boards/board';
import { getBoardAnswer } from '../boards/boardAnswer';
import { SavedQuestionPanel } from '../boards/SavedQuestionPanel';
import { ErrorNotice, EmptyCard } from '../components/Notice';
import { PageSkeleton } from '../components/PageSkeleton';
import type { ExploreAnswer } from '../explore/rows';
import type { BoardQuery } from '../generated/operations';
import { useSelect } from '../hooks/useSelect';
import { t } from '../i18n/i18n';
import { EmbedNote } from './EmbedNote';
import { type EmbeddedProps, useEmbeddedOperation } from './useEmbeddedOperation';

/** As the dashboard opens a board. */
const DEFAULT_VIEW = { range: { last: 'P28D' }, timeZone: 'UTC', compareTo: 'PREVIOUS_PERIOD' };

export function EmbeddedBoard(props: EmbeddedProps) {
  const { host, variables } = props;
  const { id = null, ...given } = variables;
  const view = { ...DEFAULT_VIEW, ...given };
  const found = useEmbeddedOperation<BoardQuery>({ ...props, variables: id === null ? {} : { id }, isPart: true });
  const board = found.data?.data.board;
  // When the answer to each question came.
  const [answeredAt, setAnsweredAt] = useState<Readonly<Record<string, number>>>({});
  const noteAnswer = useCallback((key: string, at: number) => { setAnsweredAt((all) => ({ ...all, [key]: at })); }, []);
  const keys = board?.panels.map(({ question }, place) => `${board.id} ${place} ${question}`) ?? [];
  const newest = keys.every((key) => answeredAt[key]) ? Math.max(0, ...keys.map((key) => answeredAt[key] ?? 0)) : null;
  const isMissing = board === null;
  const isLoaded = !!board && newest !== null && !found.isPlaceholderData;
  useEffect(() => {
    if (isMissing) host?.post({ type: 'marquee:error', code: 'FORBIDDEN', message: t('This token sees no such board.') });
    else if (isLoaded) host?.post({ type: 'marquee:loaded' });
    host?.measure();
  }, [host, isMissing, isLoaded, newest]);

  if (found.isError) return <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <PageSkeleton />;
  if (!board) return <EmptyCard Icon={LayoutDashboard}>{t('This token sees no such board.')}</EmptyCard>;
  return (
    <>
      <h2 className="p-4 text-lg font-semibold tracking-tight" data-field="board">{board.title}</h2>
      {board.panels.length === 0 && <EmptyCard Icon={LayoutDashboard}>{t('Nothing is on this board yet.')}</EmptyCard>}
      <ol className="grid gap-4 lg:grid-cols-2">
        {board.panels.map((panel, place) => (
          <li key={keys[place]} className="flex min-w-0 flex-col [&>section]:grow">
            {/* While another board is loading, the questions that still stand here are this one's. */}
            <EmbeddedQuestion {...props} boardId={id === null ? null : board.id} view={view} panel={panel} number={place} noteKey={keys[place] ?? ''} onAnswer={noteAnswer} />
          </li>
        ))}
      </ol>
    </>
  );
}

interface EmbeddedQuestionProps extends EmbeddedProps {
  /** Null where the token fixes it. */
  readonly boardId: string | null;
  readonly view: Readonly<Record<string, unknown>>;
  readonly panel: Saved;
  readonly number: number;
  readonly noteKey: string;
  /** Hears when an answer came; 0 while it is not that of the present view. */
  readonly onAnswer: (key: string, at: number) => void;
}

function EmbeddedQuestion({ token, host, refreshMs, boardId, view, panel, number, noteKey, onAnswer }: EmbeddedQuestionProps) {
  const select = useSelect();
  const result = useQuery({
    queryKey: ['Board', boardId, panel.question, view],
    queryFn: ({ signal }) => token.ask((one) => getBoardAnswer<ExploreAnswer>(one, boardId, panel.question, view, signal)),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  const { error, isSuccess, isPlaceholderData, dataUpdatedAt } = result;
  const at = isSuccess && !isPlaceholderData ? dataUpdatedAt : 0;
  useEffect(() => {
    onAnswer(noteKey, at);
    // Another board may have the frame meanwhile: what is answered when this one comes back is asked anew.
    return () => { onAnswer(noteKey, 0); };
  }, [onAnswer, noteKey, at]);
  useEffect(() => {
    if (error) host?.post({ type: 'marquee:error', code: error.code, message: error.message });
    host?.measure();
  }, [host, error, dataUpdatedAt]);
  return (
    <>
      <SavedQuestionPanel panel={panel} number={number} result={result} onChoose={select ?? undefined} />
      <EmbedNote token={token} variables={view} provenance={result.data?.provenance} />
    </>
  );
}
