/** A change since the previous period: an arrow, a colour and a percentage, so that colour is never the only cue. */
import { ArrowDownRight, ArrowUpRight, Minus } from 'lucide-react';
import { changeDirection, formatChange } from '../format';

interface ChangeProps {
  readonly field: string;
  readonly value: number | null | undefined;
}

export function Change({ field, value }: ChangeProps) {
  const { Icon, tone, meaning } = LOOKS[changeDirection(value)];
  return (
    <span className={`inline-flex items-center gap-1 text-sm font-medium ${tone}`} data-field={field} data-value={value ?? ''}>
      <Icon className="size-4" aria-hidden />
      <span className="sr-only">{meaning} </span>
      {value == null ? <span className="font-normal">no previous figure</span> : formatChange(value)}
    </span>
  );
}

const LOOKS = {
  up: { Icon: ArrowUpRight, tone: 'text-good', meaning: 'up' },
  down: { Icon: ArrowDownRight, tone: 'text-bad', meaning: 'down' },
  none: { Icon: Minus, tone: 'text-muted', meaning: 'unchanged or unknown:' },
} as const;
