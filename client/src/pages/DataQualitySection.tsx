/** The data quality panel, for those who may ask: a check counts rows of everybody, so a token with a row scope may not. */
import { useDataQuality } from '../hooks/useDataQuality';
import { useViewer } from '../hooks/useViewer';
import { DataQualityPanel } from '../panels/DataQualityPanel';
import { mayAskOfEverybody } from '../view/permissions';

const ROUNDS = 8;

interface DataQualitySectionProps {
  readonly className: string;
  readonly timeZone: string;
}

export function DataQualitySection(props: DataQualitySectionProps) {
  const viewer = useViewer().data?.data.viewer;
  return mayAskOfEverybody(viewer, 'dataQuality') ? <AskedSection {...props} /> : null;
}

function AskedSection({ className, timeZone }: DataQualitySectionProps) {
  return <DataQualityPanel className={className} timeZone={timeZone} result={useDataQuality({ first: ROUNDS })} />;
}
