/** A small line chart for a card. Hidden from screen readers: a panel shows the same figures. */

const WIDTH = 100;
const HEIGHT = 24;

export function Sparkline({ values }: { readonly values: readonly number[] }) {
  if (values.length < 2) return null;
  const line = sparkPath(values);
  return (
    <svg aria-hidden viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`} preserveAspectRatio="none" className="h-7 w-full text-accent">
      <path d={`${line}L${WIDTH},${HEIGHT}L0,${HEIGHT}Z`} className="fill-accent-soft" />
      <path d={line} fill="none" stroke="currentColor" strokeWidth={1.5} vectorEffect="non-scaling-stroke" strokeLinejoin="round" />
    </svg>
  );
}

/** An SVG path across the full width, from zero at the bottom to the largest value at the top. */
function sparkPath(values: readonly number[]): string {
  const greatest = Math.max(...values, 1);
  const step = WIDTH / (values.length - 1);
  const points = values.map((value, index) => `${(index * step).toFixed(2)},${(HEIGHT * (1 - value / greatest)).toFixed(2)}`);
  return `M${points.join('L')}`;
}
