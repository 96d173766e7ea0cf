/** What the models expect, and how far to believe them. */
import { Lock } from 'lucide-react';
import { EmptyCard } from '../components/Notice';
import { PageTitle } from '../components/PageTitle';
import { ForecastDocument, PredictionsDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { ChurnPanel } from '../panels/ChurnPanel';
import { CalibrationPanel } from '../panels/CalibrationPanel';
import { ForecastPanel } from '../panels/ForecastPanel';
import { ModelReportsPanel } from '../panels/ModelReportsPanel';
import { mayQueryAllRows, useViewer } from '../session/viewer';

export function PredictionsPage() {
  const viewer = useViewer();
  const maySeeForecast = mayQueryAllRows(viewer, 'forecast');
  const maySeeUsers = mayQueryAllRows(viewer, 'churnRisk');
  const forecast = useOperation(ForecastDocument, maySeeForecast ? {} : null);
  const result = useOperation(PredictionsDocument, maySeeUsers ? {} : null);
  return (
    <>
      <PageTitle title={t('Predictions')} note={t('Computed by Spark from all data; range and filters do not apply')} />
      {viewer && !maySeeForecast && <EmptyCard Icon={Lock}>{t('The models are trained on everybody, so a token limited to some rows sees none of them.')}</EmptyCard>}
      {maySeeForecast && <ForecastPanel result={forecast} source={{ operation: 'Forecast', variables: {} }} />}
      {maySeeUsers && (
        <div className="grid items-start gap-4 xl:grid-cols-3">
          <ChurnPanel className="xl:col-span-2" result={result} source={{ operation: 'ChurnRisk', variables: {} }} />
          <div className="grid gap-4">
            <CalibrationPanel result={result} source={{ operation: 'ChurnCalibration', variables: {} }} />
            <ModelReportsPanel result={result} source={{ operation: 'ModelReports', variables: {} }} />
          </div>
        </div>
      )}
    </>
  );
}
