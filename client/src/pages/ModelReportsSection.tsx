/** The models' report, for those who may ask: a model is measured on everybody. */
import { useModelReports } from '../hooks/useModelReports';
import { useViewer } from '../hooks/useViewer';
import { ModelReportsPanel } from '../panels/ModelReportsPanel';
import { mayAskOfEverybody } from '../view/permissions';

export function ModelReportsSection({ className }: { readonly className: string }) {
  const viewer = useViewer().data?.data.viewer;
  return mayAskOfEverybody(viewer, 'modelReports') ? <AskedSection className={className} /> : null;
}

function AskedSection({ className }: { readonly className: string }) {
  return <ModelReportsPanel className={className} result={useModelReports()} />;
}
