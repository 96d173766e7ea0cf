/** The dashboard's pages under one header. */
import { type ReactNode, useEffect, useRef } from 'react';
import { AppHeader } from './components/AppHeader';
import { Link } from './components/Link';
import { PageTitle } from './components/PageTitle';
import { useRefetchOnNewData } from './hooks/useRefetchOnNewData';
import { DashboardPage } from './pages/DashboardPage';
import { PipelinePage } from './pages/PipelinePage';
import { UserPage } from './pages/UserPage';
import { UsersPage } from './pages/UsersPage';
import { usePath } from './view/router';
import { userAtPath } from './view/userUrl';

export function App() {
  const path = usePath();
  useRefetchOnNewData();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    // As after a page load: keyboard and screen reader continue in the new page.
    if (shown.current !== path) main.current?.focus();
    shown.current = path;
  }, [path]);

  return (
    <>
      <a
        href="#main"
        className="sr-only z-30 rounded-lg bg-accent font-medium text-on-accent focus:not-sr-only focus:fixed focus:start-4 focus:top-3 focus:px-4 focus:py-2"
      >
        Skip to the content
      </a>
      <AppHeader />
      <main
        ref={main}
        id="main"
        tabIndex={-1}
        className="mx-auto flex max-w-[100rem] flex-col gap-4 px-4 py-6 outline-none sm:px-6"
      >
        {pageAt(path)}
      </main>
    </>
  );
}

function pageAt(path: string): ReactNode {
  const user = userAtPath(path);
  if (user !== null) return <UserPage key={user} id={user} />;
  switch (path) {
    case '/':
      return <DashboardPage />;
    case '/users':
      return <UsersPage />;
    case '/pipeline':
      return <PipelinePage />;
    default:
      return (
        <PageTitle
          title="Page not found"
          note={
            <>
              There is no page at {path}.{' '}
              <Link to="/" className="text-accent underline">
                Back to the dashboard
              </Link>
            </>
          }
        />
      );
  }
}
