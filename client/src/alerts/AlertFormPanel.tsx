/** The form of an alert: what is watched, when it fires, and whom it tells. */
import { Plus, X } from 'lucide-react';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { ErrorNotice } from '../components/Notice';
import { PanelFrame } from '../components/Panel';
import { SaveAlertDocument } from '../generated/operations';
import { EXPLORE_MEASURES } from '../explore/question';
import { formatValue } from '../format';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { t } from '../i18n/i18n';
import { dimensionLabel, measureLabel } from '../labels';
import { FilterMenu } from '../menus/FilterMenu';
import { FILTERS, toggled } from '../view/view';
import { type AlertForm, CONDITIONS, conditionName, inputOf, isPercent, PERIODS, TARGET_KINDS, type TargetForm, targetName } from './alert';

const MOST_TARGETS = 5;

interface AlertFormPanelProps {
  readonly initial: AlertForm;
  /** The alert that is changed; none makes a new one. */
  readonly changed?: { readonly id: string; readonly version: number };
  readonly onSaved: (id: string) => void;
  readonly onCancel: () => void;
}

export function AlertFormPanel({ initial, changed, onSaved, onCancel }: AlertFormPanelProps) {
  const [form, setForm] = useState(initial);
  const save = useMutationOperation(SaveAlertDocument);
  const change = (part: Partial<AlertForm>) => { setForm({ ...form, ...part }); };

  function send() {
    save.mutate({ input: inputOf(form, changed) }, { onSuccess: ({ data }) => { onSaved(data.saveAlert.alert?.id ?? ''); } });
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    send();
  }

  return (
    <PanelFrame
      testId="panel-alert-form"
      title={changed ? t('Change the alert') : t('New alert')}
      note={t('It is asked with the rights that you have now: it sees what you see, and tells its targets about it')}
    >
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-[repeat(3,minmax(0,1fr))_minmax(0,1.5fr)]">
          <Field label={t('Name')}>
            <input type="text" required maxLength={120} className="control" value={form.title} onChange={(event) => { change({ title: event.target.value }); }} />
          </Field>
          <Field label={t('Measure')}>
            <select className="control" value={form.measure} onChange={(event) => { change({ measure: EXPLORE_MEASURES.find((one) => one === event.target.value) ?? 'views' }); }}>
              {EXPLORE_MEASURES.map((name) => <option key={name} value={name}>{measureLabel(name)}</option>)}
            </select>
          </Field>
          <Field label={t('Over the last')}>
            <select className="control" value={form.over} onChange={(event) => { change({ over: event.target.value }); }}>
              {[...new Set([...PERIODS, form.over])].map((one) => <option key={one} value={one}>{periodName(one)}</option>)}
            </select>
          </Field>
          <Condition form={form} onChange={change} />
        </div>
        <FormFilters form={form} onChange={change} />
        <Targets targets={form.targets} onChange={(targets) => { change({ targets }); }} />
        {save.error && <ErrorNotice error={save.error} onRetry={send} />}
        <div className="flex flex-wrap gap-2">
          <button type="submit" className="control primary" disabled={save.isPending || !form.title.trim()}>{t('Save the alert')}</button>
          <button type="button" className="control" onClick={onCancel}>{t('Cancel')}</button>
        </div>
      </form>
    </PanelFrame>
  );
}

interface PartProps {
  readonly form: AlertForm;
  readonly onChange: (part: Partial<AlertForm>) => void;
}

function Condition({ form, onChange }: PartProps) {
  const { condition, measure, bound } = form;
  return (
    <div className={`grid min-w-0 items-end gap-2 ${condition === 'OUTSIDE_FORECAST' ? '' : 'grid-cols-[minmax(0,1fr)_6rem]'}`}>
      <Field label={t('Fires when it')}>
        <select className="control w-full" value={condition} onChange={(event) => { onChange({ condition: CONDITIONS.find((one) => one === event.target.value) ?? 'ABOVE' }); }}>
          {CONDITIONS.map((one) => <option key={one} value={one}>{conditionName(one)}</option>)}
        </select>
      </Field>
      {condition !== 'OUTSIDE_FORECAST' && (
        <Field label={isPercent(condition, measure) ? t('Percent') : t('Value')}>
          <input type="number" step="any" required className="control w-full" value={bound} onChange={(event) => { onChange({ bound: event.target.value }); }} />
        </Field>
      )}
    </div>
  );
}

function FormFilters({ form: { filters, other }, onChange }: PartProps) {
  if (other) {
    return (
      <p className="text-xs wrap-anywhere text-muted">
        {t('Filter: {filter}', { filter: JSON.stringify(other) })}{' '}
        <button type="button" className="text-accent underline" onClick={() => { onChange({ other: null }); }}>{t('Remove it')}</button>
      </p>
    );
  }
  const chosen = FILTERS.flatMap((name) => (filters[name] ?? []).map((value) => ({ name, value, label: `${dimensionLabel(name)}: ${formatValue(name, value)}` })));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <FilterMenu filters={filters} onChange={(next) => { onChange({ filters: next }); }} />
      {chosen.map(({ name, value, label }) => (
        <button
          key={label}
          type="button"
          aria-label={t('Remove the filter {label}', { label })}
          className="inline-flex h-7 items-center gap-1.5 rounded-full bg-accent-soft ps-3 pe-2 text-sm font-medium text-accent hover:underline"
          onClick={() => { onChange({ filters: toggled(filters, name, value) }); }}
        >
          {label}
          <X className="size-3.5" aria-hidden />
        </button>
      ))}
    </div>
  );
}

interface TargetsProps {
  readonly targets: readonly TargetForm[];
  readonly onChange: (targets: readonly TargetForm[]) => void;
}

function Targets({ targets, onChange }: TargetsProps) {
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
      {targets.length === 0 && <p className="text-sm text-muted">{t('Nobody: it shows here and in the navigation.')}</p>}
      {targets.length < MOST_TARGETS && (
        <button type="button" className="control self-start" onClick={() => { onChange([...targets, { kind: 'WEBHOOK', address: '' }]); }}>
          <Plus className="size-4" aria-hidden />
          {t('Add a target')}
        </button>
      )}
    </fieldset>
  );
}

function periodName(over: string): string {
  const days = Number(/^P(\d+)D$/.exec(over)?.[1] ?? 0);
  return days === 1 ? t('whole day') : days > 1 ? t('{n} whole days', { n: days }) : over;
}

function Field({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <label className="flex min-w-0 flex-col gap-1 text-xs text-muted">
      {label}
      {children}
    </label>
  );
}
