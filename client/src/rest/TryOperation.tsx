/** One address below `/api`: its parameters to fill in, the call for a terminal, and what the server answers. */
import { Download, Play } from 'lucide-react';
import { type SubmitEvent, useId, useState } from 'react';
import { asRequestError, type RequestError } from '../api/errors';
import { readResponse } from '../api/response';
import { headersFor, send } from '../api/transport';
import { CopyText } from '../components/CopyText';
import { ErrorNotice } from '../components/Notice';
import { PanelFrame } from '../components/Panel';
import { t } from '../i18n/i18n';
import { saveBlob } from '../menus/download';
import { PREFIX } from '../prefix';
import { useSession } from '../session/useSession';
import { callAddress, curlCommand, type RestOperation, type RestParameter } from './specification';

interface Answer {
  readonly ms: number;
  readonly blob: Blob;
  /** Null for files that are no text. */
  readonly text: string | null;
  readonly fileName: string;
}

const READABLE = ['json', 'csv', 'ndjson'];
/** A longer answer is cut on the page; its file is whole. */
const MOST_SHOWN = 50_000;

export function TryOperation({ operation }: { readonly operation: RestOperation }) {
  const { token } = useSession();
  const [values, setValues] = useState(() => Object.fromEntries(operation.parameters.map(({ name, example }) => [name, example])));
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [isRunning, setIsRunning] = useState(false);
  const format = values.format?.trim() === '' ? 'json' : (values.format ?? 'json');
  const address = callAddress(`${PREFIX}${operation.path}`, values);

  async function run() {
    setIsRunning(true);
    setError(null);
    try {
      setAnswer(await ask(token, address, operation.name, format));
    } catch (thrown) {
      setAnswer(null);
      setError(asRequestError(thrown));
    }
    setIsRunning(false);
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!isRunning) void run();
  }

  return (
    <PanelFrame testId="panel-rest" title={`GET ${operation.path}`} note={<WithCode text={operation.summary} />} state={isRunning ? 'updating' : error ? 'error' : 'ready'}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
          {operation.parameters.map((parameter) => (
            <Field key={parameter.name} parameter={parameter} value={values[parameter.name] ?? ''} onChange={(value) => { setValues({ ...values, [parameter.name]: value }); }} />
          ))}
        </div>
        <CopyText testId="rest-call" label={t('The same call in a terminal')} text={curlCommand(window.location.origin, address)}>
          <button type="submit" className="control" disabled={isRunning}>
            <Play className="size-4" aria-hidden />
            {t('Send the request')}
          </button>
        </CopyText>
      </form>
      {error && <ErrorNotice error={error} onRetry={() => void run()} />}
      <p role="status" className="text-xs text-muted">{answer && t('{bytes} bytes in {ms} ms', { bytes: answer.blob.size, ms: answer.ms })}</p>
      {answer && <Shown answer={answer} />}
    </PanelFrame>
  );
}

/** A description, in which names and values stand in backticks. */
function WithCode({ text }: { readonly text: string }) {
  return text.split('`').map((part, place) => (place % 2 === 1 ? <code key={place} className="font-mono">{part}</code> : part));
}

interface FieldProps {
  readonly parameter: RestParameter;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Field({ parameter: { name, isRequired, description, options, hint }, value, onChange }: FieldProps) {
  const id = useId();
  const described = description ? { 'aria-describedby': `${id}-description` } : {};
  return (
    <div className="flex min-w-0 flex-col gap-1 text-xs">
      <label htmlFor={id} className="font-mono font-medium">{isRequired ? t('{name}, required', { name }) : name}</label>
      {options.length > 0 ? (
        <select id={id} {...described} className="control" value={value} onChange={(event) => { onChange(event.target.value); }}>
          {!isRequired && <option value="" />}
          {options.map((option) => <option key={option}>{option}</option>)}
        </select>
      ) : (
        <input id={id} {...described} type="text" className="control font-mono" required={isRequired} placeholder={hint} value={value} onChange={(event) => { onChange(event.target.value); }} />
      )}
      {description && <p id={`${id}-description`} className="text-pretty text-muted"><WithCode text={description} /></p>}
    </div>
  );
}

function Shown({ answer: { blob, text, fileName } }: { readonly answer: Answer }) {
  const shown = text === null ? t('A file that is no text.') : text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}\n…` : text;
  return (
    <section aria-label={t('Answer')} className="flex min-w-0 flex-col gap-2">
      <button type="button" className="control self-start" onClick={() => { saveBlob(blob, fileName); }}>
        <Download className="size-4" aria-hidden />
        {fileName}
      </button>
      <pre data-testid="rest-answer" tabIndex={0} className="max-h-[32rem] overflow-auto rounded-lg bg-raised p-3 text-xs">{shown}</pre>
    </section>
  );
}

async function ask(token: string, address: string, name: string, format: string): Promise<Answer> {
  const began = performance.now();
  const response = await send(address, { headers: headersFor(token), signal: undefined });
  if (!response.ok) await readResponse(response);
  const blob = await response.blob();
  const ms = Math.round(performance.now() - began);
  const text = READABLE.includes(format) ? await blob.text() : null;
  const pretty = format === 'json' && text !== null ? JSON.stringify(JSON.parse(text), null, 2) : text;
  return { ms, blob, text: pretty, fileName: `${name}.${format}` };
}
