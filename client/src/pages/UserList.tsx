/** The users that a search found, in pages. */
import { UserX } from 'lucide-react';
import { useState } from 'react';
import { EmptyCard, ErrorNotice } from '../components/Notice';
import { Pager } from '../components/Pager';
import { format } from '../format';
import { type UserFilter, type UserOrder, UsersDocument, ViewerDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { masksOf } from './masks';
import { UsersTable } from './UsersTable';

const PAGE_SIZE = 20;

export function UserList({ where }: { readonly where: UserFilter | undefined }) {
  const [order, setOrder] = useState<UserOrder | null>(null);
  const [cursors, setCursors] = usePageCursors(JSON.stringify([where, order]));
  const after = cursors.at(-1);
  const result = useOperation(UsersDocument, {
    first: PAGE_SIZE,
    ...(after && { after }),
    ...(where && { where }),
    ...(order && { orderBy: order }),
  });
  // The table waits for both: without the masks, nobody could tell a masked value from a plain one.
  const viewer = useOperation(ViewerDocument, {});

  if (result.isError) return <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />;
  if (viewer.isError) return <ErrorNotice error={viewer.error} onRetry={() => void viewer.refetch()} />;
  if (result.isPending || viewer.isPending) return <ListSkeleton />;
  const { edges, pageInfo, totalCount } = result.data.data.users;
  if (edges.length === 0) return <NobodyFound />;
  return (
    <>
      <section
        aria-label={t('List of users')}
        aria-busy={result.isFetching}
        className="relative overflow-hidden rounded-xl border border-line bg-surface"
      >
        {result.isFetching && <div className="progress-line" />}
        <UsersTable
          users={edges.map(({ node }) => node)}
          masks={masksOf('User', viewer.data.data.viewer)}
          order={order}
          onOrder={setOrder}
        />
      </section>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-muted" data-field="totalCount" data-value={totalCount}>
          {rowsOf(cursors.length * PAGE_SIZE, edges.length)} {t('of')} {format(totalCount, 'count')} {where ? t('found') : t('registered')}
        </p>
        <Pager
          page={cursors.length + 1}
          hasNext={pageInfo.hasNextPage}
          onPrevious={() => {
            setCursors(cursors.slice(0, -1));
          }}
          onNext={() => {
            // The page on screen may be the last one, kept while the next loads.
            if (pageInfo.endCursor && !result.isPlaceholderData) setCursors([...cursors, pageInfo.endCursor]);
          }}
        />
      </div>
    </>
  );
}

/** The rows on this page: `21–40`. */
function rowsOf(before: number, count: number): string {
  return `${format(before + 1, 'count')}–${format(before + count, 'count')}`;
}

/** The cursors of the earlier pages, for going back: keyset paging only goes forward. A new query starts without any. */
function usePageCursors(query: string): [readonly string[], (cursors: readonly string[]) => void] {
  const [pages, setPages] = useState<{ query: string; cursors: readonly string[] }>({ query, cursors: [] });
  const cursors = pages.query === query ? pages.cursors : [];
  return [
    cursors,
    (next) => {
      setPages({ query, cursors: next });
    },
  ];
}

function NobodyFound() {
  return (
    <EmptyCard Icon={UserX}>{t('No user matches. Search for a complete id, username or email, as your role sees it.')}</EmptyCard>
  );
}

function ListSkeleton() {
  return (
    <div role="status" className="flex animate-pulse flex-col gap-5 rounded-xl border border-line bg-surface p-5">
      <span className="sr-only">{t('Loading the users')}</span>
      {Array.from({ length: PAGE_SIZE }, (_, row) => (
        <div key={row} className="h-4 rounded bg-raised" />
      ))}
    </div>
  );
}
