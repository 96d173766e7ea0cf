/** Running the service, for admins: the pipeline, tokens, and the audit log. */
import { Lock } from 'lucide-react';
import { EmptyCard } from '../components/Notice';
import { PageTitle } from '../components/PageTitle';
import { SegmentedControl } from '../components/SegmentedControl';
import { t } from '../i18n/i18n';
import { mayRunPipeline, useViewer } from '../session/viewer';
import { useNavigate, useSearch } from '../view/router';
import { AuditSection } from './AuditSection';
import { PipelineSection } from './PipelineSection';
import { TokensSection } from './TokensSection';

const SECTIONS = ['pipeline', 'tokens', 'audit'] as const;
type Section = (typeof SECTIONS)[number];

export function OperationsPage() {
  const viewer = useViewer();
  const search = useSearch();
  const navigate = useNavigate();
  const section = SECTIONS.find((one) => one === new URLSearchParams(search).get('section')) ?? 'pipeline';
  const options: readonly { readonly value: Section; readonly label: string }[] = [
    { value: 'pipeline', label: t('Pipeline') },
    { value: 'tokens', label: t('Tokens') },
    { value: 'audit', label: t('Audit log') },
  ];

  function show(next: Section) {
    const query = new URLSearchParams(search);
    query.set('section', next);
    navigate(`/operations?${query}`);
  }

  return (
    <>
      <PageTitle title={t('Operations')} note={t('Runs of the pipeline, who may sign in, and who asked or changed what')}>
        <SegmentedControl label={t('Part of the page')} options={options} value={section} onChange={show} />
      </PageTitle>
      {viewer && !mayRunPipeline(viewer) && <EmptyCard Icon={Lock}>{t('Only admins whose token reaches all rows can start and watch runs. Sign in with such a token.')}</EmptyCard>}
      {mayRunPipeline(viewer) && <Part section={section} />}
    </>
  );
}

function Part({ section }: { readonly section: Section }) {
  if (section === 'tokens') return <TokensSection />;
  return section === 'pipeline' ? <PipelineSection /> : <AuditSection />;
}
