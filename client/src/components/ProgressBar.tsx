/** How far something has come, from 0 to 1. */
import { format } from '../format';

interface ProgressBarProps {
  readonly label: string;
  readonly value: number;
  readonly tone?: string;
}

export function ProgressBar({ label, value, tone = 'bg-accent' }: ProgressBarProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={value}
      aria-valuetext={format(value, 'fraction')}
      data-field="progress"
      data-value={value}
      className="h-1.5 w-full overflow-hidden rounded-full bg-raised"
    >
      <div className={`h-full rounded-full transition-[width] ${tone}`} style={{ width: `${100 * value}%` }} />
    </div>
  );
}
