/** The data quality panel, for viewers without a row scope: checks count everybody's rows. */
import { DataQualityDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { DataQualityPanel } from '../panels/DataQualityPanel';
import { mayQueryAllRows, useViewer } from '../session/viewer';

const LOADS = 8;
/** Checks finish some time after their load, and nothing announces them. */
const REFETCH_MS = 60_000;

interface DataQualitySectionProps {
  readonly className?: string;
  readonly timeZone: string;
}

export function DataQualitySection({ className, timeZone }: DataQualitySectionProps) {
  const isAllowed = mayQueryAllRows(useViewer(), 'dataQuality');
  const result = useOperation(DataQualityDocument, isAllowed ? { first: LOADS } : null, REFETCH_MS);
  return isAllowed && <DataQualityPanel {...(className && { className })} timeZone={timeZone} result={result} />;
}
