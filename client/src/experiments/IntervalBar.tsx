/** A relative difference with both its intervals, around a line at zero: the thick one for one look, the thin one for many. */
import { formatChange } from '../format';
import { t } from '../i18n/i18n';
import { placed, placeOf } from './intervalScale';
import type { Difference } from './metrics';

const TONES = { BETTER: 'bg-good', WORSE: 'bg-bad', UNCLEAR: 'bg-muted' } as const;

interface IntervalBarProps {
  readonly difference: Difference;
  readonly reach: number;
}

export function IntervalBar({ difference, reach }: IntervalBarProps) {
  const { relative, relativeInterval: one, relativeAlwaysValidInterval: many, verdict } = difference;
  if (relative === null || !one || !many) return null;
  const [thick, thin] = [placed(one, reach), placed(many, reach)];
  const tone = TONES[verdict];
  const label = t('{change}; for one look {low} to {high}; for many looks {lowest} to {highest}', {
    change: formatChange(relative), low: formatChange(one.low), high: formatChange(one.high), lowest: formatChange(many.low), highest: formatChange(many.high),
  });
  return (
    <div role="img" aria-label={label} title={label} data-testid="interval-bar" className="relative h-6 w-full min-w-32 overflow-hidden">
      <span className="absolute inset-y-0 start-1/2 border-s border-line-strong" />
      <span className={`absolute top-1/2 h-px -translate-y-1/2 ${tone}`} style={{ insetInlineStart: `${thin.start}%`, width: `${thin.length}%` }} />
      <span className={`absolute top-1/2 h-2 -translate-y-1/2 rounded-full opacity-60 ${tone}`} style={{ insetInlineStart: `${thick.start}%`, width: `${thick.length}%` }} />
      <span className={`absolute top-1/2 size-2.5 -translate-x-1/2 -translate-y-1/2 rounded-full ${tone}`} style={{ insetInlineStart: `${placeOf(relative, reach)}%` }} />
    </div>
  );
}
