/** A horizontal bar, as long as its share of the longest. It stands beside a figure and is hidden from screen readers. */
import { seriesColor } from '../theme/series';

interface BarProps {
  readonly value: number;
  readonly longest: number;
  readonly color?: string;
  readonly thickness?: string;
}

export function Bar({ value, longest, color = seriesColor(0), thickness = 'h-1.5' }: BarProps) {
  return (
    <div aria-hidden className={`${thickness} w-full overflow-hidden rounded-full bg-raised`}>
      <div className="h-full rounded-full" style={{ background: color, width: barLength(value, longest) }} />
    </div>
  );
}

function barLength(value: number, longest: number): string {
  return longest > 0 ? `${(100 * value) / longest}%` : '0%';
}
