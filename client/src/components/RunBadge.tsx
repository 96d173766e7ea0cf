/** The state of a run or a step, in colour, in shape and in words. */
import { Ban, CircleCheck, CircleDashed, CircleSlash, CircleX, LoaderCircle, type LucideIcon, Unplug } from 'lucide-react';
import type { RunState } from '../generated/operations';

interface Look {
  readonly Icon: LucideIcon;
  readonly tone: string;
  readonly words: string;
}

const looks: Record<RunState, Look> = {
  WAITING: { Icon: CircleDashed, tone: 'text-muted', words: 'Waiting' },
  RUNNING: { Icon: LoaderCircle, tone: 'text-accent [&>svg]:animate-spin', words: 'Running' },
  DONE: { Icon: CircleCheck, tone: 'text-good', words: 'Done' },
  FAILED: { Icon: CircleX, tone: 'text-bad', words: 'Failed' },
  CANCELLED: { Icon: Ban, tone: 'text-muted', words: 'Cancelled' },
  INTERRUPTED: { Icon: Unplug, tone: 'text-gold', words: 'Interrupted' },
  SKIPPED: { Icon: CircleSlash, tone: 'text-muted', words: 'Skipped' },
};

export function RunBadge({ state }: { readonly state: RunState }) {
  const { Icon, tone, words } = looks[state];
  return (
    <span className={`inline-flex items-center gap-1.5 text-sm font-medium whitespace-nowrap ${tone}`} data-field="state" data-value={state}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {words}
    </span>
  );
}
