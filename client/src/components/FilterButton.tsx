/** A button that filters the whole dashboard by its value. A second press removes the filter. */
import type { ReactNode } from 'react';

export interface FilterChoice {
  /** The value of the active filter. */
  readonly active: string | undefined;
  readonly onChoose: (value: string | undefined) => void;
}

interface FilterButtonProps {
  readonly value: string;
  readonly choice: FilterChoice | undefined;
  readonly children: ReactNode;
}

export function FilterButton({ value, choice, children }: FilterButtonProps) {
  // An embedded panel stands alone: there is nothing to filter.
  if (!choice) return <span className="flex min-h-[24px] min-w-0 items-center gap-2">{children}</span>;
  const isActive = choice.active === value;
  return (
    <button
      type="button"
      aria-pressed={isActive}
      className="flex min-h-[24px] min-w-0 items-center gap-2 rounded text-start underline-offset-4 hover:underline aria-pressed:font-semibold aria-pressed:text-accent"
      onClick={() => {
        choice.onChoose(isActive ? undefined : value);
      }}
    >
      {children}
    </button>
  );
}
