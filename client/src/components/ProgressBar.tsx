/** A progress bar, from 0 to 1. */
import { format } from '../format';

interface ProgressBarProps {
  readonly label: string;
  /** Null for work that has started but does not report its progress. */
  readonly value: number | null;
  readonly tone?: string;
}

export function ProgressBar({ label, value, tone = 'bg-accent' }: ProgressBarProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={value ?? undefined}
      aria-valuetext={value === null ? undefined : format(value, 'fraction')}
      data-field="progress"
      data-value={value ?? ''}
      className="relative h-1.5 w-full overflow-hidden rounded-full bg-raised"
    >
      {value === null ? (
        <div className="progress-line h-full!" />
      ) : (
        <div className={`h-full rounded-full transition-[width] ${tone}`} style={{ width: `${100 * value}%` }} />
      )}
    </div>
  );
}
