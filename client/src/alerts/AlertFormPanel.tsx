/** The form of an alert: what is watched, when it fires, and whom it tells. */
import { X } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { Field } from '../components/Field';
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
import { type AlertForm, CONDITIONS, conditionName, inputOf, isPercent, PERIODS } from './alert';
import { TargetFields } from './TargetFields';

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
    save.mutate({ input: inputOf(form, changed) }, { onSuccess: ({ data }) => { onSaved(data.saveAlert.alert?.sourceId ?? ''); } });
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
        <TargetFields targets={form.targets} empty={t('Nobody: it shows here and in the navigation.')} onChange={(targets) => { change({ targets }); }} />
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

function periodName(over: string): string {
  const days = Number(/^P(\d+)D$/.exec(over)?.[1] ?? 0);
  return days === 1 ? t('whole day') : days > 1 ? t('{n} whole days', { n: days }) : over;
}
