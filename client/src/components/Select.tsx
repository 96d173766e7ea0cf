/** A choice between many: a select with its name for screen readers, and an option for no choice where there is one. */
import type { ReactNode } from 'react';

interface SelectProps {
  readonly label: string;
  /** The words for the value '', first of the options; without them one of the others is always chosen. */
  readonly all?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}

export function Select({ label, all, value, onChange, children }: SelectProps) {
  return (
    <select
      aria-label={label}
      className="control max-w-full min-w-0"
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
    >
      {all !== undefined && <option value="">{all}</option>}
      {children}
    </select>
  );
}
