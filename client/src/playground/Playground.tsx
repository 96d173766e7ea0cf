/** GraphiQL against this server, signed in as the page is. */
import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { useMemo } from 'react';
import { HeaderBar, TAB_CLASS, TabLabel } from '../components/HeaderBar';
import { useSession } from '../session/session';
import { useTheme } from '../theme/theme';
import { EXAMPLES } from './examples';

export function Playground() {
  const { token } = useSession();
  const theme = useTheme();
  const fetcher = useMemo(() => makeFetcher(token), [token]);
  const headers = useMemo(() => JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2), [token]);
  return (
    <div className="flex h-dvh flex-col">
      <HeaderBar>
        <a href="/" className={TAB_CLASS}>
          <TabLabel tab="dashboard" />
        </a>
        <a href="/users" className={TAB_CLASS}>
          <TabLabel tab="users" />
        </a>
        <a href="/playground" aria-current="page" className={TAB_CLASS}>
          <TabLabel tab="playground" />
        </a>
      </HeaderBar>
      <main className="min-h-0 grow">
        <h1 className="sr-only">Playground</h1>
        <GraphiQL
          fetcher={fetcher}
          defaultTabs={EXAMPLES.map((example) => ({ ...example, headers }))}
          defaultHeaders={headers}
          showPersistHeadersSettings={false}
          forcedTheme={theme}
        />
      </main>
    </div>
  );
}

/** Tabs come back from an earlier visit without their headers; the token of this tab stands in where they name none. */
function makeFetcher(token: string): Fetcher {
  const fetcher = createGraphiQLFetcher({ url: '/graphql' });
  return (parameters, options) =>
    fetcher(parameters, { ...options, headers: { Authorization: `Bearer ${token}`, ...headersOf(options?.headers) } });
}

function headersOf(headers: unknown): Record<string, string> {
  return typeof headers === 'object' && headers !== null ? (headers as Record<string, string>) : {};
}
