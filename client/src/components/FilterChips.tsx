/** The active filters, each with a button that removes it. */
import { X } from 'lucide-react';
import { formatCountry, formatSlug } from '../format';
import { DIMENSIONS } from '../model';
import { type FilterName, FILTERS, type View } from '../view/dashboardView';

const FORMATS: Record<FilterName, (value: string) => string> = {
  country: formatCountry,
  device: formatSlug,
  genre: (genre) => genre,
};

interface FilterChipsProps {
  readonly filters: View['filters'];
  readonly onRemove: (name: FilterName) => void;
}

export function FilterChips({ filters, onRemove }: FilterChipsProps) {
  const active = FILTERS.filter((name) => filters[name]);
  if (active.length === 0) return null;
  return (
    <ul aria-label="Filters" className="flex flex-wrap gap-2">
      {active.map((name) => {
        const label = `${DIMENSIONS[name].label}: ${FORMATS[name](filters[name] ?? '')}`;
        return (
          <li key={name}>
            <button
              type="button"
              aria-label={`Remove the filter ${label}`}
              className="inline-flex h-8 items-center gap-1.5 rounded-full bg-accent-soft ps-3 pe-2 text-sm text-accent hover:underline"
              onClick={() => {
                onRemove(name);
              }}
            >
              {label}
              <X className="size-4" aria-hidden />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
