/** The users: a page at a time, searched, ordered, and with the cells marked that the role sees masked. */
import { useState } from 'react';
import { EmptyNotice, ErrorNotice } from '../components/Notice';
import { PageTitle } from '../components/PageTitle';
import { Pager } from '../components/Pager';
import { RefreshButton } from '../components/RefreshButton';
import { UserX } from 'lucide-react';
import { format } from '../format';
import type { UserOrder, UsersQuery } from '../generated/operations';
import type { OperationResult } from '../hooks/useOperation';
import { useUsers } from '../hooks/useUsers';
import { useViewer } from '../hooks/useViewer';
import { masksOf } from './masks';
import { EVERYONE, toUserFilter, type UserSearch } from './userSearch';
import { UserSearchForm } from './UserSearchForm';
import { UsersTable } from './UsersTable';

const PAGE_SIZE = 20;

export function UsersPage() {
  const [search, setSearch] = useState<UserSearch>(EVERYONE);
  const [order, setOrder] = useState<UserOrder | null>(null);
  // The cursors of the pages passed so far: the way back, which keyset paging does not know by itself.
  const [trail, setTrail] = useState<readonly string[]>([]);
  const after = trail.at(-1);
  const where = toUserFilter(search);
  const result = useUsers({
    first: PAGE_SIZE,
    ...(after && { after }),
    ...(where && { where }),
    ...(order && { orderBy: order }),
  });
  const users = result.data?.data.users;

  return (
    <>
      <PageTitle title="Users" note={users && <UserCount count={users.totalCount} isAll={!where} />}>
        <RefreshButton />
      </PageTitle>
      <UserSearchForm
        search={search}
        onChange={(next) => {
          setSearch(next);
          setTrail([]);
        }}
      />
      <UsersResult
        result={result}
        order={order}
        onOrder={(next) => {
          setOrder(next);
          setTrail([]);
        }}
      />
      {users && users.edges.length > 0 && (
        <Pager
          page={trail.length + 1}
          hasNext={users.pageInfo.hasNextPage}
          onPrevious={() => {
            setTrail(trail.slice(0, -1));
          }}
          onNext={() => {
            const { endCursor } = users.pageInfo;
            if (endCursor && !result.isPlaceholderData) setTrail([...trail, endCursor]);
          }}
        />
      )}
    </>
  );
}

interface UsersResultProps {
  readonly result: OperationResult<UsersQuery>;
  readonly order: UserOrder | null;
  readonly onOrder: (order: UserOrder) => void;
}

function UsersResult({ result, order, onOrder }: UsersResultProps) {
  const masks = masksOf('User', useViewer().data?.data.viewer);
  if (result.isError) return <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />;
  const users = result.data?.data.users.edges.map(({ node }) => node) ?? [];
  return (
    <section
      aria-label="Users"
      aria-busy={result.isFetching}
      className="relative min-h-96 overflow-hidden rounded-xl border border-line bg-surface"
    >
      {result.isFetching && <div className="progress-line" />}
      {!result.isPending && users.length === 0 ? (
        <EmptyNotice Icon={UserX}>
          No user matches. The search takes a whole id, username or email, as your role sees it.
        </EmptyNotice>
      ) : (
        <UsersTable users={users} masks={masks} order={order} onOrder={onOrder} />
      )}
    </section>
  );
}

function UserCount({ count, isAll }: { readonly count: number; readonly isAll: boolean }) {
  return (
    <span data-field="totalCount" data-value={count}>
      {format(count, 'count')} {isAll ? 'registered' : 'found'}
    </span>
  );
}
