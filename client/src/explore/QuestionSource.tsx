/** What is behind an answer: its GraphQL, the same with curl and Python, and how the server computed it. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { SegmentedControl } from '../components/SegmentedControl';
import { t } from '../i18n/i18n';
import { formatSlug } from '../format';
import type { ExploreAnswer } from './rows';

interface QuestionSourceProps {
  readonly text: string;
  readonly variables: object;
  readonly plan: ExploreAnswer['viewing']['plan'] | undefined;
}

type Part = 'graphql' | 'curl' | 'python' | 'plan';

export function QuestionSource({ text, variables, plan }: QuestionSourceProps) {
  const [part, setPart] = useState<Part>('graphql');
  const [isCopied, setIsCopied] = useState(false);
  const options: readonly { readonly value: Part; readonly label: string }[] = [
    { value: 'graphql', label: 'GraphQL' },
    { value: 'curl', label: 'curl' },
    { value: 'python', label: 'Python' },
    { value: 'plan', label: t('Query plan') },
  ];
  const shown = part === 'plan' ? null : TEXTS[part](text, variables);
  return (
    <section aria-label={t('Behind the answer')} className="card flex min-w-0 flex-col gap-3 p-4 sm:p-5">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <SegmentedControl label={t('Behind the answer')} options={options} value={part} onChange={setPart} />
        {shown !== null && (
          <button
            type="button"
            className="control"
            onClick={() => {
              void navigator.clipboard.writeText(shown).then(() => { setIsCopied(true); });
            }}
          >
            {isCopied ? <Check className="size-4" aria-hidden /> : <Copy className="size-4" aria-hidden />}
            {isCopied ? t('Copied') : t('Copy')}
          </button>
        )}
      </div>
      {shown === null ? (
        plan && <PlanNote plan={plan} />
      ) : (
        <pre tabIndex={0} aria-label={part} className="max-h-96 overflow-auto rounded-lg bg-raised p-3 font-mono text-xs">{shown}</pre>
      )}
    </section>
  );
}

function PlanNote({ plan: { source, pieces, rejected } }: { readonly plan: NonNullable<QuestionSourceProps['plan']> }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      <dt className="text-muted">{t('Read from')}</dt>
      <dd className="font-medium wrap-anywhere">{source}</dd>
      <dt className="text-muted">{t('Pieces')}</dt>
      <dd>{pieces.join(', ') || '–'}</dd>
      {rejected.map(({ rollup, reason }) => (
        <div key={rollup} className="contents">
          <dt className="text-muted">{t('Not from {rollup}', { rollup })}</dt>
          <dd>{formatSlug(reason.toLowerCase())}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Tokens stay out of what is copied. */
const TEXTS: Record<Exclude<Part, 'plan'>, (text: string, variables: object) => string> = {
  graphql: (text, variables) => `${text}\n# ${JSON.stringify(variables)}`,
  curl: (text, variables) =>
    `curl -s ${serverAddress()}/graphql -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify({ query: text, variables }).replaceAll("'", "'\\''")}'`,
  python: (text, variables) => `import os

import httpx

QUERY = """
${text}"""
answer = httpx.post(
    "${serverAddress()}/graphql",
    json={"query": QUERY, "variables": ${JSON.stringify(variables)}},
    headers={"Authorization": f"Bearer {os.environ['TOKEN']}"},
)
print(answer.raise_for_status().json()["data"]["viewing"]["rows"])
`,
};
import { serverAddress } from '../prefix';
