/** The form that starts a run: its steps, and the options of some of them. */
import { Play } from 'lucide-react';
import { type ReactNode, type SubmitEvent, useId, useState } from 'react';
import type { RequestError } from '../api/errors';
import { ErrorNotice } from '../components/Notice';
import { PanelFrame } from '../components/Panel';
import type { PipelineStepInput } from '../generated/operations';
import { t } from '../i18n/i18n';
import { formError, EMPTY_FORM, STEPS, toggled, toStepInputs } from './pipelineSteps';

interface PipelineFormPanelProps {
  readonly className: string;
  /** Whether a run is in progress. Only one runs at a time. */
  readonly isBusy: boolean;
  readonly error: RequestError | null;
  readonly onRun: (steps: PipelineStepInput[]) => void;
}

export function PipelineFormPanel({ className, isBusy, error, onRun }: PipelineFormPanelProps) {
  const hintId = useId();
  const [form, setForm] = useState(EMPTY_FORM);
  const mistake = formError(form);
  const hint = isBusy ? t('Only one run at a time: wait until this one ends, or cancel it.') : mistake;

  function run() {
    if (!isBusy && mistake === null) onRun(toStepInputs(form));
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run();
  }

  return (
    <PanelFrame
      testId="panel-pipeline-form"
      className={className}
      title={t('New run')}
      note={t('Steps run in order; when one fails, the rest are skipped')}
    >
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <fieldset className="flex flex-col gap-0.5 text-sm">
          <legend className="sr-only">{t('Steps')}</legend>
          {STEPS.map(({ step, label, does }) => (
            <div key={step} className="flex flex-col">
              <label className="flex cursor-pointer items-baseline gap-3 rounded-lg px-2 py-1.5 hover:bg-raised/60">
                <input
                  type="checkbox"
                  className="size-4 shrink-0 translate-y-0.5 accent-(--accent)"
                  checked={form.steps.has(step)}
                  onChange={() => {
                    setForm(toggled(form, step));
                  }}
                />
                <span className="min-w-0">
                  <span className="font-medium">{label()}</span> <span className="text-muted">{does()}</span>
                </span>
              </label>
              {step === 'GENERATE' && form.steps.has(step) && (
                <Details>
                  <Field label={t('Sessions')}>
                    <input
                      type="text"
                      inputMode="numeric"
                      className="control w-32"
                      placeholder="50000"
                      value={form.sessions}
                      onChange={(event) => {
                        setForm({ ...form, sessions: event.target.value.trim() });
                      }}
                    />
                  </Field>
                </Details>
              )}
              {step === 'RANKINGS' && form.steps.has(step) && (
                <Details>
                  <DateField
                    label={t('From month')}
                    value={form.from}
                    onChange={(from) => {
                      setForm({ ...form, from });
                    }}
                  />
                  <DateField
                    label={t('To month')}
                    value={form.to}
                    onChange={(to) => {
                      setForm({ ...form, to });
                    }}
                  />
                </Details>
              )}
            </div>
          ))}
        </fieldset>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <button
            type="submit"
            aria-describedby={hintId}
            aria-disabled={hint !== null}
            className="inline-flex h-10 items-center gap-2 rounded-lg bg-accent px-5 font-medium text-on-accent transition-opacity hover:opacity-90 aria-disabled:cursor-default aria-disabled:bg-raised aria-disabled:text-muted"
          >
            <Play className="size-4" aria-hidden />
            {t('verb|Run')}
          </button>
          <p id={hintId} aria-live="polite" className="min-w-0 flex-1 text-xs text-pretty text-muted">
            {hint}
          </p>
        </div>
      </form>
      {error && <ErrorNotice error={error} onRetry={run} />}
    </PanelFrame>
  );
}

function Details({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap gap-x-4 gap-y-2 ps-9 pe-2 pt-1 pb-2">{children}</div>;
}

function Field({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <label className="flex flex-col gap-1 text-xs text-muted">
      {label}
      {children}
    </label>
  );
}

interface DateFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function DateField({ label, value, onChange }: DateFieldProps) {
  return (
    <Field label={label}>
      <input
        type="date"
        className="control"
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </Field>
  );
}
