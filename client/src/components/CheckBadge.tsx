/** What a check says, in colour, in shape and in words. */
import { CircleCheck, CircleDashed, CircleX, Hourglass, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { CheckStatus } from '../generated/operations';

interface Look {
  readonly Icon: LucideIcon;
  readonly tone: string;
  readonly words: string;
}

const looks: Record<CheckStatus | 'WAITING', Look> = {
  PASS: { Icon: CircleCheck, tone: 'text-good', words: 'Pass' },
  WARN: { Icon: TriangleAlert, tone: 'text-gold', words: 'Warn' },
  FAIL: { Icon: CircleX, tone: 'text-bad', words: 'Fail' },
  NOT_ENOUGH_DATA: { Icon: CircleDashed, tone: 'text-muted', words: 'Not enough data' },
  WAITING: { Icon: Hourglass, tone: 'text-muted', words: 'Waits for its checks' },
};

export function CheckBadge({ status }: { readonly status: CheckStatus | null }) {
  const { Icon, tone, words } = looks[status ?? 'WAITING'];
  return (
    <span className={`inline-flex items-center gap-1.5 align-bottom font-medium whitespace-nowrap ${tone}`} data-field="status" data-value={status ?? ''}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {words}
    </span>
  );
}
