/** What a comparison shows, and whether a guardrail holds: a colour, an icon and a word. */
import { CircleCheck, CircleHelp, CircleX, type LucideIcon, ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import type { ExperimentVerdict, GuardrailVerdict } from '../generated/operations';
import { t } from '../i18n/i18n';

interface Look {
  readonly Icon: LucideIcon;
  readonly tone: string;
  readonly label: string;
}

function verdictLook(verdict: ExperimentVerdict): Look {
  if (verdict === 'BETTER') return { Icon: CircleCheck, tone: 'text-good', label: t('Better') };
  if (verdict === 'WORSE') return { Icon: CircleX, tone: 'text-bad', label: t('Worse') };
  return { Icon: CircleHelp, tone: 'text-muted', label: t('No difference shown') };
}

function guardrailLook(verdict: GuardrailVerdict): Look {
  if (verdict === 'HOLDS') return { Icon: ShieldCheck, tone: 'text-good', label: t('Guardrail holds') };
  if (verdict === 'BROKEN') return { Icon: ShieldAlert, tone: 'text-bad', label: t('Guardrail broken') };
  return { Icon: ShieldQuestion, tone: 'text-muted', label: t('Guardrail not decided') };
}

interface VerdictBadgeProps {
  readonly verdict: ExperimentVerdict;
  readonly guardrail: GuardrailVerdict | null;
}

export function VerdictBadge({ verdict, guardrail }: VerdictBadgeProps) {
  const { Icon, tone, label } = guardrail ? guardrailLook(guardrail) : verdictLook(verdict);
  return (
    <span className={`inline-flex items-center gap-1.5 text-sm font-medium ${tone}`} data-field="verdict" data-value={guardrail ?? verdict}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {label}
    </span>
  );
}
