/** A saved board in a frame: its questions, asked under the view that the page around gives, with the embed's token. */
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { LayoutDashboard } from 'lucide-react';
import { useEffect } from 'react';
import { getBoardAnswer } from '../api/transport';
import { filterNote } from '../boards/board';
import { ErrorNotice, EmptyCard } from '../components/Notice';
import { PageSkeleton } from '../components/PageSkeleton';
import { Panel } from '../components/Panel';
import { ExploreChart } from '../explore/ExploreChart';
import { ExploreTable } from '../explore/ExploreTable';
import { readQuestion } from '../explore/question';
import type { ExploreAnswer } from '../explore/rows';
import type { BoardQuery } from '../generated/operations';
import type { OperationResult } from '../hooks/useOperation';
import { useSelect } from '../hooks/useSelect';
import { t } from '../i18n/i18n';
import { nothingInRange } from '../panels/panelProps';
import { EmbedNote } from './EmbedNote';
import { type EmbeddedProps, useEmbeddedOperation } from './useEmbeddedOperation';

type Saved = NonNullable<BoardQuery['board']>['panels'][number];

/** As the dashboard opens a board. */
const DEFAULT_VIEW = { range: { last: 'P28D' }, timeZone: 'UTC', compareTo: 'PREVIOUS_PERIOD' };
const NONE: readonly Saved[] = [];

export function EmbeddedBoard(props: EmbeddedProps) {
  const { token, host, refreshMs, variables } = props;
  const { id = null, ...given } = variables;
  const view = { ...DEFAULT_VIEW, ...given };
  const found = useEmbeddedOperation<BoardQuery>({ ...props, variables: id === null ? {} : { id }, isPart: true });
  const board = found.data?.data.board;
  const panels = board?.panels ?? NONE;
  const results = useQueries({
    queries: panels.map(({ question }) => ({
      queryKey: ['Board', id, question, view],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        token.ask((one) => getBoardAnswer<ExploreAnswer>(one, typeof id === 'string' ? id : null, question, view, signal)),
      placeholderData: keepPreviousData,
      refetchInterval: refreshMs,
    })),
  });
  const isLoaded = board !== undefined && results.every(({ isSuccess, isPlaceholderData }) => isSuccess && !isPlaceholderData);
  const failed = results.find(({ error }) => error)?.error ?? null;
  const newest = Math.max(0, ...results.map(({ dataUpdatedAt }) => dataUpdatedAt));
  useEffect(() => {
    if (board === null) host?.post({ type: 'marquee:error', code: 'FORBIDDEN', message: t('This token sees no such board.') });
    else if (failed) host?.post({ type: 'marquee:error', code: failed.code, message: failed.message });
    else if (isLoaded) host?.post({ type: 'marquee:loaded' });
    host?.measure();
  }, [host, board, failed, isLoaded, newest]);

  if (found.isError) return <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <PageSkeleton />;
  if (!board) return <EmptyCard Icon={LayoutDashboard}>{t('This token sees no such board.')}</EmptyCard>;
  return (
    <>
      <h2 className="p-4 text-lg font-semibold tracking-tight" data-field="board">{board.title}</h2>
      {panels.length === 0 && <EmptyCard Icon={LayoutDashboard}>{t('Nothing is on this board yet.')}</EmptyCard>}
      <ol className="grid gap-4 lg:grid-cols-2">
        {panels.map((panel, place) => {
          const result = results[place];
          return result && (
            <li key={`${place} ${panel.question}`} className="flex min-w-0 flex-col [&>section]:grow">
              <Question panel={panel} number={place} result={result} />
              <EmbedNote token={token} variables={view} provenance={result.data?.provenance} />
            </li>
          );
        })}
      </ol>
    </>
  );
}

interface QuestionProps {
  readonly panel: Saved;
  readonly number: number;
  readonly result: OperationResult<ExploreAnswer>;
}

function Question({ panel, number, result }: QuestionProps) {
  const question = readQuestion(panel.question);
  const select = useSelect();
  const isDrawn = question.by.length > 0 && question.chart !== 'table';
  return (
    <Panel
      testId={`panel-${number}`}
      title={panel.title}
      note={filterNote(panel.question)}
      result={result}
      select={({ viewing }) => viewing.rows}
      empty={nothingInRange()}
      {...(isDrawn && { table: (rows: ExploreAnswer['viewing']['rows']) => <ExploreTable question={question} rows={rows} /> })}
    >
      {(rows) =>
        isDrawn ? (
          <ExploreChart question={question} rows={rows} provenance={result.data?.provenance ?? {}} onChoose={select ?? undefined} />
        ) : (
          <ExploreTable question={question} rows={rows} />
        )
      }
    </Panel>
  );
}
