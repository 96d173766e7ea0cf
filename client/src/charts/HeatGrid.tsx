/** A table whose cells are coloured by their figure: hours of the week, retention by cohort. The figures are in the cells. */
import type { ReactNode } from 'react';
import { strength } from './scale';

export interface HeatRow {
  readonly key: string;
  readonly heading: ReactNode;
  readonly cells: readonly HeatCell[];
}

export interface HeatCell {
  readonly key: string;
  readonly value: number | null;
  readonly text: string;
  readonly title: string;
}

interface HeatGridProps {
  readonly caption: string;
  readonly corner: string;
  readonly headings: readonly string[];
  readonly rows: readonly HeatRow[];
  readonly greatest: number;
  /** Cells as wide as their text; otherwise small squares, whose figures are in the tooltip and for screen readers. */
  readonly showsText: boolean;
}

export function HeatGrid({ caption, corner, headings, rows, greatest, showsText }: HeatGridProps) {
  return (
    <div role="region" aria-label={caption} tabIndex={0} className="relative overflow-x-auto">
      <table className="w-full border-separate border-spacing-0.5 text-xs">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-muted">
            <th scope="col" className="pe-2 text-start font-normal">{corner}</th>
            {headings.map((heading, index) => (
              <th key={`${heading}${String(index)}`} scope="col" className="min-w-3 text-center font-normal whitespace-nowrap">{heading}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, heading, cells }) => (
            <tr key={key} data-row={key}>
              <th scope="row" className="pe-2 text-start font-normal whitespace-nowrap text-muted">{heading}</th>
              {cells.map((cell) => (
                <Cell key={cell.key} cell={cell} part={strength(cell.value, greatest)} showsText={showsText} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Steps instead of any shade: a difference that can be seen is one that is there, and text keeps its contrast on each. */
const STEPS = 6;

function Cell({ cell: { key, value, text, title }, part, showsText }: { readonly cell: HeatCell; readonly part: number; readonly showsText: boolean }) {
  const step = value === null ? 0 : Math.max(1, Math.ceil(part * STEPS));
  return (
    <td
      title={title}
      data-field={key}
      data-value={value ?? ''}
      className={`rounded-sm text-center ${showsText ? 'h-8 min-w-14 px-1' : 'h-6'}`}
      style={{ background: value === null ? 'transparent' : `var(--heat-${step})`, color: `var(--heat-ink-${step >= 4 ? 'high' : 'low'})` }}
    >
      {showsText ? text : <span className="sr-only">{text}</span>}
    </td>
  );
}
