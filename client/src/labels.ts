/** The model's labels, with a few shorter ones for places where they do not fit. */
import { t } from './i18n/i18n';
import { DIMENSIONS, type DimensionName, MEASURES, type MeasureName } from './model';

const SHORT: Partial<Record<DimensionName | MeasureName, string>> = {
  // Column headings in narrow panels: the full label is wider than the figures.
  bufferingPerView: 'Buffering',
  hourOfDay: 'Hour',
  watchHours: 'Hours',
  // Buttons that share one row in a narrow panel.
  ageBand: 'Age',
  subscription: 'Plan',
};

const MODEL = { ...MEASURES, ...DIMENSIONS };

export function shortLabel(name: DimensionName | MeasureName): string {
  return t(SHORT[name] ?? MODEL[name].label);
}

export function measureLabel(name: MeasureName): string {
  return t(MEASURES[name].label);
}

export function measureDescription(name: MeasureName): string {
  return t(MEASURES[name].description);
}

export function dimensionLabel(name: DimensionName): string {
  return t(DIMENSIONS[name].label);
}
