/** The dashboard's header. Its links change the page without a reload. */
import { mayRunPipeline, useViewer } from '../session/viewer';
import { usePath, useSearch } from '../view/router';
import { userAtPath } from '../view/userUrl';
import { HeaderBar, TAB_CLASS, TabLabel } from './HeaderBar';
import { Link } from './Link';

export function AppHeader() {
  const path = usePath();
  const search = useSearch();
  const viewer = useViewer();
  return (
    <HeaderBar>
      <Link to={`/${search}`} current={path === '/'} className={TAB_CLASS}>
        <TabLabel tab="dashboard" />
      </Link>
      <Link to={`/users${search}`} current={path === '/users' || userAtPath(path) !== null} className={TAB_CLASS}>
        <TabLabel tab="users" />
      </Link>
      {mayRunPipeline(viewer) && (
        <Link to={`/pipeline${search}`} current={path === '/pipeline'} className={TAB_CLASS}>
          <TabLabel tab="pipeline" />
        </Link>
      )}
      {/* The playground is a separate page. It opens in this tab, which holds the token. */}
      <a href="/playground" className={TAB_CLASS}>
        <TabLabel tab="playground" />
      </a>
    </HeaderBar>
  );
}
