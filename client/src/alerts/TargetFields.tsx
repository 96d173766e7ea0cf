/** Whom an alert or a report is sent to: rows of how and where. */
import { Plus, X } from 'lucide-react';
import { t } from '../i18n/i18n';
import { TARGET_KINDS, type TargetForm, targetName } from './alert';

const MOST_TARGETS = 5;

interface TargetFieldsProps {
  readonly targets: readonly TargetForm[];
  /** What no target means. */
  readonly empty: string;
  readonly onChange: (targets: readonly TargetForm[]) => void;
}

export function TargetFields({ targets, empty, onChange }: TargetFieldsProps) {
  const put = (at: number, part: Partial<TargetForm>) => {
    onChange(targets.map((one, index) => (index === at ? { ...one, ...part } : one)));
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-xs text-muted">{t('Whom it tells')}</legend>
      {targets.map(({ kind, address }, at) => (
        <div key={at} className="flex min-w-0 flex-wrap items-center gap-2">
          <select aria-label={t('How target {n} is told', { n: at + 1 })} className="control" value={kind} onChange={(event) => { put(at, { kind: TARGET_KINDS.find((one) => one === event.target.value) ?? 'WEBHOOK' }); }}>
            {TARGET_KINDS.map((one) => <option key={one} value={one}>{targetName(one)}</option>)}
          </select>
          <input
            type={kind === 'EMAIL' ? 'email' : 'url'}
            aria-label={t('Address of target {n}', { n: at + 1 })}
            className="control min-w-0 grow sm:max-w-xl"
            placeholder={kind === 'EMAIL' ? 'ops@example.com' : 'https://example.com/hook'}
            value={address}
            onChange={(event) => { put(at, { address: event.target.value }); }}
          />
          <button type="button" className="icon-button" aria-label={t('Remove target {n}', { n: at + 1 })} title={t('Remove target {n}', { n: at + 1 })} onClick={() => { onChange(targets.filter((_, index) => index !== at)); }}>
            <X className="size-4" aria-hidden />
          </button>
        </div>
      ))}
      {targets.length === 0 && <p className="text-sm text-muted">{empty}</p>}
      {targets.length < MOST_TARGETS && (
        <button type="button" className="control self-start" onClick={() => { onChange([...targets, { kind: 'WEBHOOK', address: '' }]); }}>
          <Plus className="size-4" aria-hidden />
          {t('Add a target')}
        </button>
      )}
    </fieldset>
  );
}
