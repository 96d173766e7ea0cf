/** A change since the comparison: an arrow, a colour and a percentage, so that colour is never the only cue. */
import { ArrowDownRight, ArrowUpRight, Minus } from 'lucide-react';
import { changeDirection, formatChange } from '../format';
import { t } from '../i18n/i18n';

interface ChangeProps {
  readonly field: string;
  readonly value: number | null | undefined;
  readonly size?: 'small' | 'medium';
  /** False where the change may be chance: then it is neither good nor bad. */
  readonly isSure?: boolean;
}

export function Change({ field, value, size = 'medium', isSure = true }: ChangeProps) {
  const direction = changeDirection(value);
  const { Icon, tone } = (isBetterLow(field) ? LOW_LOOKS : LOOKS)[direction];
  return (
    <span className={`inline-flex items-center gap-0.5 font-medium ${size === 'small' ? 'text-xs' : 'text-sm'} ${isSure ? tone : LOOKS.none.tone}`} data-field={field} data-value={value ?? ''}>
      <Icon className="size-3.5 shrink-0" aria-hidden />
      <span className="sr-only">{t(MEANINGS[direction])} </span>
      {value == null ? <span className="font-normal">{t('new')}</span> : formatChange(value)}
    </span>
  );
}

const LOOKS = {
  up: { Icon: ArrowUpRight, tone: 'text-good' },
  down: { Icon: ArrowDownRight, tone: 'text-bad' },
  none: { Icon: Minus, tone: 'text-muted' },
} as const;

const LOW_LOOKS = {
  ...LOOKS,
  up: { ...LOOKS.up, tone: LOOKS.down.tone },
  down: { ...LOOKS.down, tone: LOOKS.up.tone },
} as const;

/** Whether less of a figure is better: of interruptions. */
function isBetterLow(field: string): boolean {
  return field.slice(field.lastIndexOf('.') + 1).startsWith('buffering');
}

const MEANINGS = { up: 'up', down: 'down', none: 'unchanged or unknown:' } as const;
