/** GraphiQL for this server, with the tab's token and the schema that its role may ask. */
import { useQuery } from '@tanstack/react-query';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { buildSchema } from 'graphql';
import { useMemo, useState } from 'react';
import { ArrowLeft } from 'lucide-react';
import { getSchema } from '../api/transport';
import { Logo } from '../components/Logo';
import { ErrorNotice } from '../components/Notice';
import { t } from '../i18n/i18n';
import { authorizationOf } from '../session/token';
import { useSession } from '../session/useSession';
import { useTheme } from '../theme/theme';
import { PREFIX } from '../prefix';
import { AnswerNote } from './AnswerNote';
import { FIRST_EXAMPLE } from './examples';
import { EXAMPLES_PANEL } from './ExamplesPanel';
import { type AnswerNotes, fetcherOf } from './fetcher';
import { PublishButton } from './PublishButton';
import { ShareButton } from './ShareButton';
import { questionOf } from './sharedQuestion';

const PLUGINS = [EXAMPLES_PANEL, HISTORY_PLUGIN];

export function Playground() {
  const { token } = useSession();
  const schema = useQuery<string>({ queryKey: ['schema', token], queryFn: ({ signal }) => getSchema(token, signal), staleTime: Infinity });
  return (
    <div className="flex h-dvh flex-col">
      <header className="flex h-14 shrink-0 items-center justify-between gap-4 border-b border-line bg-surface px-4 sm:px-6">
        <Logo />
        <nav aria-label={t('Pages')}>
          <a href={`${PREFIX}/`} className="control">
            <ArrowLeft className="size-4 text-muted" aria-hidden />
            {t('Back to the overview')}
          </a>
        </nav>
      </header>
      <main className="min-h-0 grow">
        <h1 className="sr-only">{t('Playground')}</h1>
        {schema.error && <ErrorNotice error={schema.error} onRetry={() => void schema.refetch()} />}
        {schema.data && <Editor token={token} sdl={schema.data} />}
      </main>
    </div>
  );
}

function Editor({ token, sdl }: { readonly token: string; readonly sdl: string }) {
  const theme = useTheme();
  const [notes, setNotes] = useState<AnswerNotes | null>(null);
  const schema = useMemo(() => buildSchema(sdl), [sdl]);
  const authorization = useMemo(() => ({ Authorization: authorizationOf(token) }), [token]);
  // GraphiQL restores tabs without their headers, so the fetcher adds them.
  const fetcher = useMemo(() => fetcherOf(`${PREFIX}/graphql`, authorization, setNotes), [authorization]);
  const shared = useMemo(() => questionOf(window.location), []);
  const headers = JSON.stringify(authorization, null, 2);
  return (
    <GraphiQL
      fetcher={fetcher}
      schema={schema}
      plugins={PLUGINS}
      defaultTabs={[{ query: FIRST_EXAMPLE.query, variables: FIRST_EXAMPLE.variables, headers }]}
      defaultHeaders={headers}
      defaultEditorToolsVisibility="variables"
      showPersistHeadersSettings={false}
      forcedTheme={theme}
      {...(shared ? { initialQuery: shared.query, initialVariables: shared.variables ?? '' } : {})}
    >
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <ShareButton />
            <PublishButton />
          </>
        )}
      </GraphiQL.Toolbar>
      <GraphiQL.Footer>
        <AnswerNote notes={notes} />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}
