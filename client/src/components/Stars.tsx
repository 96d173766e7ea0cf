/** A rating of up to five as stars, filled to the tenth, with the figure beside them. */
import { Star } from 'lucide-react';
import { Figure } from './Figure';

const BEST = 5;

export function Stars({ field, value }: { readonly field: string; readonly value: number | null }) {
  return (
    <span className="inline-flex items-center gap-2">
      {value !== null && (
        <span aria-hidden className="relative hidden text-line-strong/50 @2xl:inline-block">
          <StarRow />
          <span className="absolute inset-y-0 start-0 overflow-hidden text-gold" style={{ width: `${(100 * value) / BEST}%` }}>
            <StarRow />
          </span>
        </span>
      )}
      <Figure field={field} value={value} unit="stars" />
    </span>
  );
}

function StarRow() {
  return (
    <span className="flex w-max">
      {Array.from({ length: BEST }, (_, position) => (
        <Star key={position} className="size-3.5 fill-current" strokeWidth={0} />
      ))}
    </span>
  );
}
