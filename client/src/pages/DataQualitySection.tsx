/** The data quality panel, for those who may ask: a check counts rows of everybody, so a token with a row scope may not. */
import { useDataQuality } from '../hooks/useDataQuality';
import { useViewer } from '../hooks/useViewer';
import { DataQualityPanel } from '../panels/DataQualityPanel';

const ROUNDS = 8;

interface DataQualitySectionProps {
  readonly className: string;
  readonly timeZone: string;
}

export function DataQualitySection(props: DataQualitySectionProps) {
  const viewer = useViewer().data?.data.viewer;
  const mayAsk = viewer?.permissions.includes('dataQuality') && viewer.scope.length === 0;
  return mayAsk ? <AskedSection {...props} /> : null;
}

function AskedSection({ className, timeZone }: DataQualitySectionProps) {
  return <DataQualityPanel className={className} timeZone={timeZone} result={useDataQuality({ first: ROUNDS })} />;
}
