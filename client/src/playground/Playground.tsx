/** GraphiQL for this server, with the tab's token. */
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { useMemo } from 'react';
import { HeaderBar, TAB_CLASS, TabLabel } from '../components/HeaderBar';
import { useSession } from '../session/session';
import { mayRunPipeline, useViewer } from '../session/viewer';
import { useTheme } from '../theme/theme';
import { EXAMPLES } from './examples';

export function Playground() {
  const { token } = useSession();
  const theme = useTheme();
  const viewer = useViewer();
  const authorization = useMemo(() => ({ Authorization: `Bearer ${token}` }), [token]);
  // GraphiQL restores tabs without their headers, so the fetcher adds them.
  const fetcher = useMemo(() => createGraphiQLFetcher({ url: '/graphql', headers: authorization }), [authorization]);
  const headers = JSON.stringify(authorization, null, 2);
  return (
    <div className="flex h-dvh flex-col">
      <HeaderBar>
        <a href="/" className={TAB_CLASS}>
          <TabLabel tab="dashboard" />
        </a>
        <a href="/users" className={TAB_CLASS}>
          <TabLabel tab="users" />
        </a>
        {mayRunPipeline(viewer) && (
          <a href="/pipeline" className={TAB_CLASS}>
            <TabLabel tab="pipeline" />
          </a>
        )}
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
          defaultEditorToolsVisibility="variables"
          showPersistHeadersSettings={false}
          forcedTheme={theme}
        />
      </main>
    </div>
  );
}
