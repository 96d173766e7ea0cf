/** The model reports panel, for viewers without a row scope: models are measured on everybody. */
import { ModelReportsDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { ModelReportsPanel } from '../panels/ModelReportsPanel';
import { mayQueryAllRows, useViewer } from '../session/viewer';

export function ModelReportsSection({ className }: { readonly className: string }) {
  const isAllowed = mayQueryAllRows(useViewer(), 'modelReports');
  const result = useOperation(ModelReportsDocument, isAllowed ? {} : null);
  return isAllowed && <ModelReportsPanel className={className} result={result} />;
}
