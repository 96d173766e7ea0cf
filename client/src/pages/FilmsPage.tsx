/** All films of the range by any measure, and how far people watch them. */
import { useState } from 'react';
import { ViewTitle } from '../components/PageTitle';
import { ViewNote } from '../components/ViewNote';
import { FilmsDocument, type TopMoviesOrder } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { compared } from '../panels/compared';
import { FigureRowPanel } from '../panels/FigureRowPanel';
import { FunnelPanel } from '../panels/FunnelPanel';
import { FilmsTablePanel } from '../panels/FilmsTablePanel';
import { useView } from '../view/useView';

const LIMIT = 100;

export function FilmsPage() {
  const { view, variables, uncompared } = useView();
  const [orderBy, setOrderBy] = useState<TopMoviesOrder>('VIEWS');
  const result = useOperation(FilmsDocument, variables && { ...variables, orderBy, limit: LIMIT });
  return (
    <>
      <ViewTitle title={t('Films')} note={<ViewNote provenance={result.data?.provenance} path="totals.rows" timeZone={view.timeZone} />} />
      <FigureRowPanel
        label={t('Key figures')}
        result={result}
        figures={({ totals: { rows: [row] } }) => [
          { field: 'activeTitles', label: measureLabel('activeTitles'), unit: 'count', value: row?.activeTitles, ...compared(row, 'activeTitles') },
          { field: 'views', label: measureLabel('views'), unit: 'count', value: row?.views, ...compared(row, 'views') },
          { field: 'completionRate', label: measureLabel('completionRate'), unit: 'fraction', value: row?.completionRate, ...compared(row, 'completionRate') },
        ]}
      />
      <div className="grid items-start gap-4 xl:grid-cols-3">
        <FilmsTablePanel
          className="xl:col-span-2"
          result={result}
          source={{ operation: 'TopMovies', variables: { ...uncompared, orderBy, limit: LIMIT } }}
          orderBy={orderBy}
          onOrder={setOrderBy}
        />
        <FunnelPanel result={result} />
      </div>
    </>
  );
}
