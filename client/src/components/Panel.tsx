/** A panel: the result of one query, whether loading, failed, forbidden, empty or ready. */
import { ChartNoAxesColumn, ChartPie, type LucideIcon, Table2 } from 'lucide-react';
import { type ReactNode, useId, useRef, useState } from 'react';
import { RequestError } from '../api/errors';
import { readField } from '../api/fieldErrors';
import type { OperationResult } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { PanelMenu, type PanelSource } from '../menus/PanelMenu';
import { EmptyNotice, ErrorNotice } from './Notice';
import { ResultAges } from './ResultAge';

export interface PanelProps<TData, TContent> {
  readonly testId: string;
  readonly title: string;
  readonly note?: ReactNode;
  /** What of range, comparison, zone and filters the panel does not obey, in words for its head. */
  readonly exception?: string | undefined;
  readonly result: OperationResult<TData>;
  /** Picks what to draw. Null or an empty list shows `empty`. */
  readonly select: (data: TData) => TContent;
  readonly empty: ReactNode;
  readonly EmptyIcon?: LucideIcon;
  readonly actions?: ReactNode;
  /** A line of controls below the title, shown in every state. */
  readonly controls?: ReactNode;
  /** The same figures as a table, for panels that draw a chart. */
  readonly table?: (content: NonNullable<TContent>) => ReactNode;
  /** The published operation of these figures, for the panel's menu. */
  readonly source?: PanelSource | undefined;
  /** The Spark job whose result is drawn, where the answer is made of several. */
  readonly job?: string | undefined;
  readonly children: (content: NonNullable<TContent>) => ReactNode;
  readonly className?: string | undefined;
}

export function Panel<TData, TContent>(props: PanelProps<TData, TContent>) {
  const { testId, title, note, exception, result, actions, controls, table, source, job, className } = props;
  const [asTable, setAsTable] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  return (
    <PanelFrame
      testId={testId}
      title={title}
      note={note}
      exception={exception}
      className={className}
      state={stateOf(result)}
      age={<ResultAges results={result.data?.provenance.results ?? []} job={job} />}
      actions={
        <>
          {actions}
          {table && (
            <button
              type="button"
              className="icon-button"
              aria-pressed={asTable}
              aria-label={t('Show {title} as a table', { title })}
              title={asTable ? t('Show as chart') : t('Show as table')}
              onClick={() => {
                setAsTable(!asTable);
              }}
            >
              {asTable ? <ChartNoAxesColumn className="size-4" aria-hidden /> : <Table2 className="size-4" aria-hidden />}
            </button>
          )}
          {source && <PanelMenu title={title} source={source} body={body} provenance={result.data?.provenance} />}
        </>
      }
    >
      {result.isFetching && !result.isPending && <div className="progress-line" />}
      {controls && <div className="flex min-w-0 flex-wrap items-center gap-2">{controls}</div>}
      {/* Figures of another range stay readable, and are dimmed until those asked for are here. */}
      <div ref={body} className={`flex min-w-0 grow flex-col gap-3 transition-[opacity,filter] duration-150 ${result.isPlaceholderData ? 'opacity-90 saturate-[.1]' : ''}`}>
        <PanelBody {...props} asTable={asTable} />
      </div>
    </PanelFrame>
  );
}

type State = 'error' | 'loading' | 'updating' | 'ready';

export function stateOf(result: OperationResult<unknown>): State {
  return result.isError ? 'error' : result.isPending ? 'loading' : result.isFetching ? 'updating' : 'ready';
}

interface PanelFrameProps {
  readonly testId: string;
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly exception?: string | undefined;
  /** The state of the panel's query, if it has one. */
  readonly state?: State;
  /** How old the figures are, where they do not follow the data at once. */
  readonly age?: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A panel's card: title, a line of explanation, buttons, and content. */
export function PanelFrame(props: PanelFrameProps) {
  const { testId, title, note, exception, state, age, actions, className = '', children } = props;
  const headingId = useId();
  return (
    <section
      aria-labelledby={headingId}
      aria-busy={state === 'loading' || state === 'updating'}
      data-testid={testId}
      data-state={state}
      className={`card @container relative flex min-w-0 flex-col gap-3 p-4 sm:p-5 ${className}`}
    >
      <header>
        <div className="flex flex-wrap items-start justify-between gap-x-3">
          <h2 id={headingId} className="min-w-0 leading-8 font-semibold tracking-tight">
            {title}
          </h2>
          {actions && <div data-screen-only className="ms-auto flex min-w-0 items-center gap-1">{actions}</div>}
        </div>
        {[note, exception].some(Boolean) && (
          <p className="text-xs text-pretty text-muted">
            {note}
            {note && exception && ' · '}
            {exception && <span data-exception>{exception}</span>}
          </p>
        )}
        {age}
      </header>
      {children}
    </section>
  );
}

function PanelBody<TData, TContent>(props: PanelProps<TData, TContent> & { readonly asTable: boolean }) {
  const { title, result, select, empty, EmptyIcon = ChartPie, table, children, asTable } = props;
  if (result.isError) return <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />;
  if (result.isPending) return <PanelSkeleton title={title} />;
  const content = readField(() => select(result.data.data));
  if (content instanceof RequestError) return <ErrorNotice error={content} onRetry={() => void result.refetch()} />;
  if (content == null || (Array.isArray(content) && content.length === 0)) return <EmptyNotice Icon={EmptyIcon}>{empty}</EmptyNotice>;
  if (!table) return children(content);
  return (
    <>
      {!asTable && children(content)}
      {/* Screen readers get the table even while the chart is shown. */}
      <div
        className={asTable ? 'relative max-h-96 grow overflow-auto' : 'sr-only'}
        {...(asTable && { role: 'region', 'aria-label': t('{title} as a table', { title }), tabIndex: 0 })}
      >
        {table(content)}
      </div>
    </>
  );
}

function PanelSkeleton({ title }: { readonly title: string }) {
  return (
    <div role="status" className="flex min-h-48 grow animate-pulse flex-col justify-end gap-3">
      <span className="sr-only">{t('Loading {title}', { title })}</span>
      {['w-11/12', 'w-4/5', 'w-full', 'w-2/3', 'w-3/4'].map((width) => (
        <div key={width} className={`h-5 rounded bg-raised ${width}`} />
      ))}
    </div>
  );
}
