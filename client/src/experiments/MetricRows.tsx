/** Metrics, one below the other: each variant's figure beside the control's, with its intervals and what they show. */
import { Change } from '../components/Change';
import { Figure } from '../components/Figure';
import { formatChange } from '../format';
import { t } from '../i18n/i18n';
import { IntervalBar } from './IntervalBar';
import { reachOf } from './intervalScale';
import { isShare, type MetricResult, unitOf, type Variant } from './metrics';
import { VerdictBadge } from './VerdictBadge';

interface MetricRowsProps {
  readonly metrics: readonly MetricResult[];
  /** What a row is called: its metric, or the value of a segment. */
  readonly nameOf: (metric: MetricResult) => string;
}

/** One grid for every row, so that zero lies at the same place in all of them. */
const COLUMNS = '@lg:grid-cols-[minmax(7rem,1fr)_minmax(10rem,1.2fr)_2fr_12rem]';

export function MetricRows({ metrics, nameOf }: MetricRowsProps) {
  const reach = reachOf(metrics.flatMap(({ variants }) => variants.map(({ difference }) => difference?.relativeAlwaysValidInterval)));
  return (
    <div>
      <Scale reach={reach} />
      <ul className="flex flex-col divide-y divide-line">
        {metrics.map((metric) => (
          <li key={metric.id} data-row={metric.segment ?? metric.metric} className="flex flex-col gap-2 py-3 first:pt-0 last:pb-0">
            <MetricHead metric={metric} name={nameOf(metric)} />
            {metric.variants.filter(({ isControl }) => !isControl).map((variant) => (
              <VariantRow key={variant.id} metric={metric} variant={variant} reach={reach} />
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** How far the line below reaches to each side. */
function Scale({ reach }: { readonly reach: number }) {
  return (
    <div aria-hidden className={`hidden gap-x-4 text-xs text-muted @lg:grid ${COLUMNS}`}>
      <p className="col-start-3 flex justify-between">
        <span>{formatChange(-reach)}</span>
        <span>0</span>
        <span>{formatChange(reach)}</span>
      </p>
    </div>
  );
}

function MetricHead({ metric, name }: { readonly metric: MetricResult; readonly name: string }) {
  const control = metric.variants.find(({ isControl }) => isControl);
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-4">
      <h3 className="font-medium">
        {name}
        {!metric.isRatio && <span className="ps-2 text-xs font-normal text-muted">{isShare(metric) ? t('share of people') : t('per person')}</span>}
        {metric.guardrail !== null && (
          <span className="ps-2 text-xs font-normal text-muted">{t('may get worse by {worst}', { worst: formatChange(metric.guardrail).replace('+', '') })}</span>
        )}
      </h3>
      {control && (
        <p className="text-sm text-muted" data-variant={control.variant}>
          {control.variant}: <Figure field="value" value={control.value} unit={unitOf(metric)} className="text-ink" />
        </p>
      )}
    </div>
  );
}

interface VariantRowProps {
  readonly metric: MetricResult;
  readonly variant: Variant;
  readonly reach: number;
}

function VariantRow({ metric, variant, reach }: VariantRowProps) {
  const { difference } = variant;
  const interval = difference?.relativeInterval;
  const isSure = difference !== null && difference.verdict !== 'UNCLEAR';
  return (
    <div data-variant={variant.variant} className={`grid items-center gap-x-4 gap-y-1 ${COLUMNS}`}>
      <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
        <span className="font-medium wrap-anywhere">{variant.variant}</span>
        <Figure field="value" value={variant.value} unit={unitOf(metric)} />
      </p>
      <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
        {difference?.relative != null && <Change field={`relative.${metric.metric === 'BUFFERING_PER_VIEW' ? 'bufferingPerView' : metric.metric}`} value={difference.relative} isSure={isSure} />}
        {interval && <span className="text-xs whitespace-nowrap text-muted">{t('{low} to {high}', { low: formatChange(interval.low), high: formatChange(interval.high) })}</span>}
      </p>
      {difference ? <IntervalBar difference={difference} reach={reach} /> : <span className="text-sm text-muted">{t('Too few people to compare')}</span>}
      {difference && <VerdictBadge verdict={difference.verdict} guardrail={difference.guardrail} />}
    </div>
  );
}
