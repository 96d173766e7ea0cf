/** The REST addresses, to try them with the visitor's own token. */
import { useQuery } from '@tanstack/react-query';
import { ErrorNotice } from '../components/Notice';
import { PageSkeleton } from '../components/PageSkeleton';
import { PageTitle } from '../components/PageTitle';
import { Select } from '../components/Select';
import { t } from '../i18n/i18n';
import { getSpecification } from '../rest/specification';
import { TryOperation } from '../rest/TryOperation';
import { useSession } from '../session/useSession';
import { useNavigate, useSearch } from '../view/router';

export function ApiPage() {
  const { token } = useSession();
  const search = useSearch();
  const navigate = useNavigate();
  const result = useQuery({ queryKey: ['openapi'], queryFn: ({ signal }) => getSpecification(token, signal), staleTime: Infinity });
  if (result.isError) return <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />;
  if (result.isPending) return <PageSkeleton />;
  const operations = result.data;
  const wanted = new URLSearchParams(search).get('operation');
  const chosen = operations.find(({ name }) => name === wanted) ?? operations[0];

  function choose(name: string) {
    const next = new URLSearchParams(search);
    next.set('operation', name);
    navigate(`/api?${next}`);
  }

  return (
    <>
      <PageTitle title={t('REST')} note={t('Every question and published operation as an address, asked with your own token')}>
        <Select label={t('Address')} value={chosen?.name ?? ''} onChange={choose}>
          {operations.map(({ name, path }) => <option key={name} value={name}>{path}</option>)}
        </Select>
      </PageTitle>
      {chosen && <TryOperation key={chosen.name} operation={chosen} />}
    </>
  );
}
