/** A chart's tooltip: what the row under the pointer or the keyboard says. */
import { formatChange } from '../format';

export interface TooltipLine {
  readonly label: string;
  readonly value: string;
  readonly color?: string;
  readonly isDashed?: boolean;
  /** Since the comparison, as a fraction; computed by the API. */
  readonly change?: number | null | undefined;
}

interface TooltipProps {
  readonly title: string;
  readonly lines: readonly TooltipLine[];
  /** Pixels from the chart's left edge, and the chart's width. */
  readonly x: number;
  readonly width: number;
}

export function Tooltip({ title, lines, x, width }: TooltipProps) {
  const isRight = x > width / 2;
  return (
    <div
      role="status"
      className="pointer-events-none absolute top-1 z-10 max-w-72 rounded-lg border border-line bg-surface px-3 py-2 text-xs shadow-lg"
      style={isRight ? { right: width - x + 12 } : { left: x + 12 }}
    >
      <p className="mb-1 font-semibold whitespace-nowrap">{title}</p>
      <ul className="flex flex-col gap-1">
        {lines.map(({ label, value, color, isDashed, change }) => (
          <li key={label} className="flex items-center gap-2 whitespace-nowrap">
            {color && <LineKey color={color} isDashed={isDashed} />}
            <span className="text-muted">{label}</span>
            <span className="ms-auto ps-3 font-medium">{value}</span>
            {change != null && <span className="text-muted">{formatChange(change)}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A short piece of a line, for legends. */
export function LineKey({ color, isDashed = false }: { readonly color: string; readonly isDashed?: boolean | undefined }) {
  return (
    <svg aria-hidden width="14" height="4" className="shrink-0">
      <line x1="0" x2="14" y1="2" y2="2" stroke={color} strokeWidth="2.5" strokeDasharray={isDashed ? '3 3' : undefined} />
    </svg>
  );
}
