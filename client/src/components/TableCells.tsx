/** Table cells that panels share. Names align to the start of their column, figures to the end. */
import type { ReactNode } from 'react';
import { measureDescription, shortLabel } from '../labels';
import type { MeasureName } from '../model';
import { Figure, type FigureProps } from './Figure';

interface ColumnHeadingProps {
  readonly align?: 'start' | 'end';
  readonly title?: string;
  readonly className?: string;
  readonly children: ReactNode;
}

export function ColumnHeading({ align = 'end', title, className = '', children }: ColumnHeadingProps) {
  return (
    <th scope="col" title={title} className={`pb-2 font-medium ${align === 'start' ? 'text-start' : 'ps-3 text-end'} ${className}`}>
      {children}
    </th>
  );
}

/** A measure's column heading, with the model's description as its tooltip. */
export function MeasureHeading({ name, className }: { readonly name: MeasureName; readonly className?: string }) {
  return (
    <ColumnHeading title={measureDescription(name)} className={className}>
      {shortLabel(name)}
    </ColumnHeading>
  );
}

export function FigureCell({ className = '', ...figure }: FigureProps) {
  return (
    <td className={`py-1.5 ps-3 text-end ${className}`}>
      <Figure {...figure} />
    </td>
  );
}
