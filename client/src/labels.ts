/** Labels on the screen: the model's, or a shorter one where the model's does not fit. */
import { DIMENSIONS, type DimensionName, MEASURES, type MeasureName } from './model';

const SHORT: Partial<Record<DimensionName | MeasureName, string>> = {
  // Tables in a third of the page: the full label is wider than the figures below it.
  bufferingPerView: 'Buffering',
  hourOfDay: 'Hour',
  watchHours: 'Hours',
  // A row of buttons that must fit the same width.
  ageBand: 'Age',
  subscription: 'Plan',
};

const MODEL = { ...MEASURES, ...DIMENSIONS };

export function shortLabel(name: DimensionName | MeasureName): string {
  return SHORT[name] ?? MODEL[name].label;
}
