/** The model reports panel, for viewers without a row scope: models are measured on everybody. */
import { ModelReportsDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { ModelReportsPanel } from '../panels/ModelReportsPanel';
import { mayQueryAllRows, useViewer } from '../session/viewer';

export function ModelReportsSection({ className }: { readonly className: string }) {
  const viewer = useViewer();
  return mayQueryAllRows(viewer, 'modelReports') ? <AskedSection className={className} /> : null;
}

function AskedSection({ className }: { readonly className: string }) {
  return <ModelReportsPanel className={className} result={useOperation(ModelReportsDocument, {})} />;
}
