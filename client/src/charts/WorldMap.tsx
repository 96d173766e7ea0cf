/** Countries of the world coloured by a figure. A press filters; the list beside it has the same figures. */
import { useState } from 'react';
import world from '../generated/world.json';
import { formatCountry } from '../format';
import { strength } from './scale';

interface WorldMapProps {
  readonly label: string;
  readonly values: ReadonlyMap<string, number>;
  readonly text: (value: number) => string;
  readonly active: readonly string[];
  readonly onChoose: ((country: string) => void) | undefined;
}

const STEPS = 6;
const PATHS = Object.entries(world.paths);

export default function WorldMap({ label, values, text, active, onChoose }: WorldMapProps) {
  const [pointed, setPointed] = useState<string | null>(null);
  const greatest = Math.max(...values.values(), 0);
  return (
    <div className="relative">
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${world.width} ${world.height}`}
        className="block w-full"
        onPointerLeave={() => { setPointed(null); }}
      >
        {PATHS.map(([country, path]) => {
          const value = values.get(country);
          return (
            <path
              key={country}
              d={path}
              fill={value === undefined ? 'var(--raised)' : `var(--heat-${Math.max(1, Math.ceil(Math.sqrt(strength(value, greatest)) * STEPS))})`}
              stroke={active.includes(country) || pointed === country ? 'var(--ink)' : 'var(--surface)'}
              strokeWidth={active.includes(country) ? 1.5 : 0.75}
              className={value !== undefined && onChoose ? 'cursor-pointer' : ''}
              onPointerEnter={() => { setPointed(country); }}
              onClick={() => { if (value !== undefined) onChoose?.(country); }}
            />
          );
        })}
      </svg>
      <p aria-hidden className="h-5 text-xs text-muted">
        {pointed && (
          <>
            {formatCountry(pointed)}: <span className="font-medium text-ink">{text(values.get(pointed) ?? 0)}</span>
          </>
        )}
      </p>
    </div>
  );
}
