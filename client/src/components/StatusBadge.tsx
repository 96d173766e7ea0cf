/** The status of a check, or of a run and its steps: a colour, an icon and a word. */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  CircleX,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  TriangleAlert,
  Unplug,
} from 'lucide-react';
import type { CheckStatus, RunState } from '../generated/operations';
import { t } from '../i18n/i18n';

interface Look {
  readonly Icon: LucideIcon;
  readonly tone: string;
  readonly label: () => string;
}

const CHECKS: Record<CheckStatus | 'WAITING', Look> = {
  PASS: { Icon: CircleCheck, tone: 'text-good', label: () => t('Pass') },
  WARN: { Icon: TriangleAlert, tone: 'text-gold', label: () => t('Warn') },
  FAIL: { Icon: CircleX, tone: 'text-bad', label: () => t('Fail') },
  NOT_ENOUGH_DATA: { Icon: CircleDashed, tone: 'text-muted', label: () => t('Not enough data') },
  WAITING: { Icon: Hourglass, tone: 'text-muted', label: () => t('Checks pending') },
};

const RUNS: Record<RunState, Look> = {
  WAITING: { Icon: CircleDashed, tone: 'text-muted', label: () => t('Waiting') },
  RUNNING: { Icon: LoaderCircle, tone: 'text-accent [&>svg]:animate-spin', label: () => t('Running') },
  DONE: { Icon: CircleCheck, tone: 'text-good', label: () => t('Done') },
  FAILED: { Icon: CircleX, tone: 'text-bad', label: () => t('Failed') },
  CANCELLED: { Icon: Ban, tone: 'text-muted', label: () => t('Cancelled') },
  INTERRUPTED: { Icon: Unplug, tone: 'text-gold', label: () => t('Interrupted') },
  SKIPPED: { Icon: CircleSlash, tone: 'text-muted', label: () => t('Skipped') },
};

/** Null for a load whose checks have not finished. */
export function CheckBadge({ status }: { readonly status: CheckStatus | null }) {
  return <StatusBadge look={CHECKS[status ?? 'WAITING']} field="status" value={status ?? ''} />;
}

export function RunBadge({ state }: { readonly state: RunState }) {
  return <StatusBadge look={RUNS[state]} field="state" value={state} />;
}

interface StatusBadgeProps {
  readonly look: Look;
  readonly field: string;
  readonly value: string;
}

function StatusBadge({ look: { Icon, tone, label }, field, value }: StatusBadgeProps) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 align-bottom font-medium whitespace-nowrap ${tone}`}
      data-field={field}
      data-value={value}
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      {label()}
    </span>
  );
}
