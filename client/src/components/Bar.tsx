/** A bar whose length is its value's part of the longest; decoration beside a figure, silent for screen readers. */

interface BarProps {
  readonly value: number;
  readonly longest: number;
  readonly tone?: string;
  readonly thickness?: string;
}

export function Bar({ value, longest, tone = 'bg-(--series-1)', thickness = 'h-1.5' }: BarProps) {
  return (
    <div aria-hidden className={`${thickness} w-full overflow-hidden rounded-full bg-raised`}>
      <div className={`h-full rounded-full ${tone}`} style={{ width: barLength(value, longest) }} />
    </div>
  );
}

function barLength(value: number, longest: number): string {
  return longest > 0 ? `${(100 * value) / longest}%` : '0%';
}
