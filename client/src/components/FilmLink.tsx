/** A film's title as a link to its page, under the page's view. An embedded panel has no pages: there it is
 *  text, or, where the page around it listens, a button. */
import { use } from 'react';
import { useSelect } from '../hooks/useSelect';
import { SessionContext } from '../session/useSession';
import { filmUrl } from '../view/entityUrl';
import { useSearch } from '../view/router';
import { viewOnly } from '../view/view';
import { Link } from './Link';

export function FilmLink({ film }: { readonly film: { readonly sourceId: string; readonly title: string } }) {
  const search = useSearch();
  const select = useSelect();
  if (select) {
    return (
      <button type="button" className="block max-w-full truncate underline-offset-4 hover:underline" title={film.title} onClick={() => { select('movie', film.sourceId); }}>
        {film.title}
      </button>
    );
  }
  if (!use(SessionContext)) return <span className="block truncate" title={film.title}>{film.title}</span>;
  return (
    <Link to={filmUrl(film.sourceId) + viewOnly(search)} className="block truncate underline-offset-4 hover:text-accent hover:underline" title={film.title}>
      {film.title}
    </Link>
  );
}
