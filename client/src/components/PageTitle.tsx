/** A page's heading, with a line of explanation and the page's controls. */
import { type ReactNode, useEffect } from 'react';
import { PrintedView } from '../shell/PrintedView';
import { ActiveFilters, ViewBar } from '../shell/ViewBar';

interface PageTitleProps {
  readonly title: string;
  readonly note?: ReactNode;
  /** Above the title: the page that this one belongs to. */
  readonly above?: ReactNode;
  readonly children?: ReactNode;
}

export function PageTitle({ title, note, above, children }: PageTitleProps) {
  useEffect(() => {
    document.title = `${title} · Marquee`;
  }, [title]);
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {above && <p data-screen-only className="text-sm">{above}</p>}
        <h1 className="text-xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
        {note !== undefined && <div className="min-h-5 text-sm text-muted">{note}</div>}
      </div>
      {children && <div className="flex min-w-0 flex-wrap items-center gap-2">{children}</div>}
    </div>
  );
}

/** The heading of a page that obeys range, comparison, zone and filters. */
export function ViewTitle(props: Omit<PageTitleProps, 'children'>) {
  return (
    <>
      <PageTitle {...props}>
        <ViewBar />
      </PageTitle>
      <PrintedView />
      <ActiveFilters />
    </>
  );
}
