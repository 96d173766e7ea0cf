/** The model's measures as columns of tables and tooltips, and as options of charts over time. */
import { shortLabel } from '../labels';
import { MEASURES, type MeasureName } from '../model';
import { MEASURE_COLORS } from '../theme/series';

export function measureColumns<Name extends MeasureName>(...names: readonly Name[]) {
  return names.map((field) => ({ field, label: MEASURES[field].label, heading: shortLabel(field), unit: MEASURES[field].unit }));
}

/** The measures that a chart over time can switch between. */
export type SwitchableMeasure = keyof typeof MEASURE_COLORS;
const SWITCHABLE: readonly SwitchableMeasure[] = ['views', 'viewers', 'watchHours'];
export const MEASURE_OPTIONS = SWITCHABLE.map((value) => ({ value, label: MEASURES[value].label }));
