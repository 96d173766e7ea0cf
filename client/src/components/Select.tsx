/** A drop-down list with a label for screen readers and an optional "All" entry. */
import type { ReactNode } from 'react';

interface SelectProps {
  readonly label: string;
  /** The first entry, whose value is ''. Without it, one of the other entries is always selected. */
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
