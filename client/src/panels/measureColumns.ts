/** The model's measures as columns of tables and as lines of tooltips. */
import type { Column } from '../components/DataTable';
import { format } from '../format';
import { measureLabel, shortLabel } from '../labels';
import { MEASURES, type MeasureName } from '../model';
import type { TooltipLine } from '../charts/Tooltip';

export function measureColumns<Name extends MeasureName>(...names: readonly Name[]) {
  return names.map((field) => ({ field, label: measureLabel(field), heading: shortLabel(field), unit: MEASURES[field].unit }));
}

/** Every column of a row, for its tooltip. */
export function tipLines<Row extends object>(row: Row, columns: readonly Column<Row>[]): readonly TooltipLine[] {
  return columns.map(({ field, label, unit }) => ({ label, value: format(row[field] as number | null, unit) }));
}

/** The measures as options of a control. */
export function measureOptions<Name extends MeasureName>(names: readonly Name[]) {
  return names.map((value) => ({ value, label: shortLabel(value) }));
}
