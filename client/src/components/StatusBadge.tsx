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

interface Look {
  readonly Icon: LucideIcon;
  readonly tone: string;
  readonly label: string;
}

const CHECKS: Record<CheckStatus | 'WAITING', Look> = {
  PASS: { Icon: CircleCheck, tone: 'text-good', label: 'Pass' },
  WARN: { Icon: TriangleAlert, tone: 'text-gold', label: 'Warn' },
  FAIL: { Icon: CircleX, tone: 'text-bad', label: 'Fail' },
  NOT_ENOUGH_DATA: { Icon: CircleDashed, tone: 'text-muted', label: 'Not enough data' },
  WAITING: { Icon: Hourglass, tone: 'text-muted', label: 'Checks pending' },
};

const RUNS: Record<RunState, Look> = {
  WAITING: { Icon: CircleDashed, tone: 'text-muted', label: 'Waiting' },
  RUNNING: { Icon: LoaderCircle, tone: 'text-accent [&>svg]:animate-spin', label: 'Running' },
  DONE: { Icon: CircleCheck, tone: 'text-good', label: 'Done' },
  FAILED: { Icon: CircleX, tone: 'text-bad', label: 'Failed' },
  CANCELLED: { Icon: Ban, tone: 'text-muted', label: 'Cancelled' },
  INTERRUPTED: { Icon: Unplug, tone: 'text-gold', label: 'Interrupted' },
  SKIPPED: { Icon: CircleSlash, tone: 'text-muted', label: 'Skipped' },
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
      {label}
    </span>
  );
}
