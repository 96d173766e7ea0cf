/** The users page: a search, kept in the URL, and its results. */
import { PageTitle } from '../components/PageTitle';
import { RefreshButton } from '../components/RefreshButton';
import { t } from '../i18n/i18n';
import { useNavigate, useSearch } from '../view/router';
import { UserList } from './UserList';
import { readUserSearch, toUserFilter, writeUserSearch } from './userSearch';
import { UserSearchForm } from './UserSearchForm';
import { currentPath } from '../prefix';

export function UsersPage() {
  const navigate = useNavigate();
  const address = useSearch();
  const search = readUserSearch(address);
  return (
    <>
      <PageTitle title={t('Users')} note={t('All registered users, and what they have watched')}>
        <RefreshButton />
      </PageTitle>
      <UserSearchForm
        search={search}
        onChange={(next) => {
          navigate(currentPath() + writeUserSearch(next, address));
        }}
      />
      <UserList where={toUserFilter(search)} />
    </>
  );
}
