/** A field value as the role may see it, marked if the database masked it. */
import { Lock } from 'lucide-react';
import { UNKNOWN } from '../format';
import type { MaskStrategy } from '../generated/operations';
import { t } from '../i18n/i18n';

interface MaskedCellProps {
  readonly field: string;
  readonly value: string | null;
  readonly strategy: MaskStrategy | undefined;
  readonly form?: (value: string) => string;
}

export function MaskedCell({ field, value, strategy, form = asIs }: MaskedCellProps) {
  const shown = value === null ? null : form(value);
  if (!strategy) {
    return (
      <span data-field={field} data-value={value ?? ''}>
        {shown ?? t(UNKNOWN)}
      </span>
    );
  }
  return (
    <span
      data-testid="masked-cell"
      data-field={field}
      data-value={value ?? ''}
      data-strategy={strategy}
      title={t('masked for your role')}
      className="inline-flex max-w-full items-center gap-1.5 text-muted"
    >
      <Lock className="size-3.5 shrink-0" aria-hidden />
      <span className="sr-only">{t('masked for your role')}: </span>
      <span className="truncate">{shown ?? (strategy === 'NULL' ? t('hidden') : t(UNKNOWN))}</span>
    </span>
  );
}

function asIs(value: string): string {
  return value;
}
