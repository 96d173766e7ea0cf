/** The data itself: loading a file, what was loaded, and what the checks found in it. */
import { Lock } from 'lucide-react';
import { EmptyCard } from '../components/Notice';
import { PageTitle } from '../components/PageTitle';
import { t } from '../i18n/i18n';
import { mayLoadFiles, mayQueryAllRows, useViewer } from '../session/viewer';
import { QuarantinePanel } from '../upload/QuarantinePanel';
import { UploadPanel } from '../upload/UploadPanel';
import { useView } from '../view/useView';
import { DataQualitySection } from './DataQualitySection';

export function DataPage() {
  const viewer = useViewer();
  const { view } = useView();
  return (
    <>
      <PageTitle title={t('Data')} note={t('The newest loads, whatever their dates')} />
      {viewer && !mayQueryAllRows(viewer, 'dataQuality') && (
        <EmptyCard Icon={Lock}>{t('Checks count everybody’s rows. They are for analysts and admins whose token reaches all rows.')}</EmptyCard>
      )}
      {mayLoadFiles(viewer) && <UploadPanel subject={viewer.subject} />}
      {mayLoadFiles(viewer) && <QuarantinePanel />}
      <DataQualitySection timeZone={view.timeZone} />
    </>
  );
}
