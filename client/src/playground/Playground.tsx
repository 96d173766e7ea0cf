/** GraphiQL for this server, with the tab's token. */
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { useMemo } from 'react';
import { ArrowLeft } from 'lucide-react';
import { Logo } from '../components/Logo';
import { t } from '../i18n/i18n';
import { authorizationOf } from '../session/token';
import { useSession } from '../session/useSession';
import { useTheme } from '../theme/theme';
import { EXAMPLES } from './examples';
import { PREFIX } from '../prefix';

export function Playground() {
  const { token } = useSession();
  const theme = useTheme();
  const authorization = useMemo(() => ({ Authorization: authorizationOf(token) }), [token]);
  // GraphiQL restores tabs without their headers, so the fetcher adds them.
  const fetcher = useMemo(() => createGraphiQLFetcher({ url: `${PREFIX}/graphql`, headers: authorization }), [authorization]);
  const headers = JSON.stringify(authorization, null, 2);
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
        <GraphiQL
          fetcher={fetcher}
          defaultTabs={EXAMPLES.map((example) => ({ ...example, headers }))}
          defaultHeaders={headers}
          defaultEditorToolsVisibility="variables"
          showPersistHeadersSettings={false}
          forcedTheme={theme}
        />
      </main>
    </div>
  );
}
