/** Loads a file from the browser: it is shown as it would be read, and sent when that is right. For admins of all rows. */
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { AlertNotice, ErrorNotice } from '../components/Notice';
import { PanelFrame, stateOf } from '../components/Panel';
import { formatBytes } from '../format';
import { t } from '../i18n/i18n';
import { useSession } from '../session/useSession';
import { DropZone } from './DropZone';
import { fileKindOf, shellWord } from './fileKind';
import { InspectedFile } from './InspectedFile';
import { getContract } from './requests';
import { UploadResult } from './UploadResult';
import { useUpload } from './useUpload';

export function UploadPanel({ subject }: { readonly subject: string }) {
  const { token } = useSession();
  const asked = useQuery({
    queryKey: ['ingest/contract'],
    queryFn: async ({ signal }) => ({ data: await getContract(token, signal), provenance: {} }),
    staleTime: Infinity,
  });
  const contract = asked.data?.data;
  const [upload, actions] = useUpload(contract, subject);
  const [refusal, setRefusal] = useState('');

  function take(file: File) {
    const kind = fileKindOf(file.name);
    const most = contract?.most_bytes ?? Infinity;
    actions.clear();
    setRefusal('');
    if (!kind) {
      setRefusal(t('The name {name} says no format that can be sent from here: .csv, .tsv, .ndjson, .jsonl, .parquet or .arrow, and texts also with .gz.', { name: file.name }));
    } else if (file.size > most) {
      setRefusal(t('{name} has {size}, and from a browser at most {most} are taken. Load it on the server: {command}', {
        name: file.name, size: formatBytes(file.size), most: formatBytes(most), command: `marquee ingest load TABLE ${shellWord(file.name)}`,
      }));
    } else {
      actions.choose(file, kind);
    }
  }

  const { chosen, inspection, receipt, outcome, error } = upload;
  return (
    <PanelFrame testId="panel-upload" title={t('Load a file')} note={t('CSV, NDJSON, Parquet or Arrow. Nothing is loaded before you have seen how it is read.')} state={stateOf(asked)}>
      {asked.isError && <ErrorNotice error={asked.error} onRetry={() => void asked.refetch()} />}
      {contract && !inspection && <DropZone isBusy={upload.isInspecting} onFile={take} />}
      {refusal && <AlertNotice message={refusal} action={t('Close')} ActionIcon={X} onAction={() => { setRefusal(''); }} />}
      {error && <AlertNotice message={error.message} code={error.code} action={t('Close')} ActionIcon={X} onAction={actions.dismiss} />}
      {contract && chosen && inspection && !receipt && (
        <InspectedFile file={chosen.file} inspection={inspection} contract={contract} upload={upload} actions={actions} />
      )}
      {receipt && inspection && <UploadResult table={inspection.table} receipt={receipt} outcome={outcome} onAgain={actions.clear} />}
    </PanelFrame>
  );
}
