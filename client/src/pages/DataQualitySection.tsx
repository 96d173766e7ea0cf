/** The data quality panel, for viewers without a row scope: checks count everybody's rows. */
import { DataQualityDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { DataQualityPanel } from '../panels/DataQualityPanel';
import { mayQueryAllRows, useViewer } from '../session/viewer';

const ROUNDS = 8;
/** Checks finish some time after their load, and nothing announces them. */
const REFETCH_MS = 60_000;

interface DataQualitySectionProps {
  readonly className: string;
  readonly timeZone: string;
}

export function DataQualitySection(props: DataQualitySectionProps) {
  const viewer = useViewer();
  return mayQueryAllRows(viewer, 'dataQuality') ? <AskedSection {...props} /> : null;
}

function AskedSection({ className, timeZone }: DataQualitySectionProps) {
  const result = useOperation(DataQualityDocument, { first: ROUNDS }, REFETCH_MS);
  return <DataQualityPanel className={className} timeZone={timeZone} result={result} />;
}
