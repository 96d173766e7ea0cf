/** What the command palette finds: any page, film, country, user, range and setting by its name. */
import { CalendarDays, Clapperboard, type LucideIcon, MapPin, Moon, Search, User } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useState } from 'react';
import { formatValue } from '../format';
import { FilmTitlesDocument } from '../generated/operations';
import { useFilterValues } from '../hooks/useFilterValues';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { useViewer } from '../session/viewer';
import { chooseTheme, useTheme } from '../theme/theme';
import { filmUrl, userUrl } from '../view/entityUrl';
import { pageGroups } from '../view/pages';
import { useNavigate, useSearch } from '../view/router';
import { useView } from '../view/useView';
import { toggled, viewOnly } from '../view/view';

interface Entry {
  readonly key: string;
  readonly label: string;
  readonly kind: string;
  readonly Icon: LucideIcon;
  readonly run: () => void;
}

const MOST_SHOWN = 12;

export default function PaletteSearch({ onDone }: { readonly onDone: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const found = matching(useEntries(text.trim()), useDeferredValue(text.trim().toLowerCase()));
  const chosen = found[Math.min(at, found.length - 1)];

  function run(entry: Entry) {
    onDone();
    entry.run();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter' && chosen) run(chosen);
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (move === 0 || found.length === 0) return;
    event.preventDefault();
    setAt((at + move + found.length) % found.length);
  }

  return (
    <div onKeyDown={onKeyDown}>
      <label className="flex items-center gap-3 border-b border-line px-4">
        <Search className="size-4 shrink-0 text-muted" aria-hidden />
        <input
          type="text"
          role="combobox"
          aria-expanded
          aria-controls="palette"
          aria-activedescendant={chosen && `palette-${chosen.key}`}
          aria-label={t('Page, film, country, user or setting')}
          placeholder={t('Page, film, country, user or setting')}
          autoFocus
          className="h-12 min-w-0 grow bg-transparent text-base outline-none placeholder:text-muted"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
        />
      </label>
      <ul id="palette" role="listbox" aria-label={t('Results')} className="max-h-[50vh] overflow-y-auto p-2">
        {found.map((entry) => (
          <li
            key={entry.key}
            id={`palette-${entry.key}`}
            role="option"
            aria-selected={entry === chosen}
            className="flex h-9 cursor-pointer items-center gap-3 rounded-lg px-3 aria-selected:bg-raised"
            onPointerMove={() => { setAt(found.indexOf(entry)); }}
            onClick={() => { run(entry); }}
          >
            <entry.Icon className="size-4 shrink-0 text-muted" aria-hidden />
            <span className="min-w-0 grow truncate">{entry.label}</span>
            <span className="shrink-0 text-xs text-muted">{entry.kind}</span>
          </li>
        ))}
        {found.length === 0 && <li className="px-3 py-6 text-center text-muted">{t('Nothing matches.')}</li>}
      </ul>
    </div>
  );
}

function matching(entries: readonly Entry[], sought: string): readonly Entry[] {
  const words = sought.split(/\s+/).filter(Boolean);
  return entries.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word))).slice(0, MOST_SHOWN);
}

/** Everything that can be gone to, pages first. An id of a user is only known when it is typed. */
function useEntries(text: string): readonly Entry[] {
  const navigate = useNavigate();
  const search = useSearch();
  const viewer = useViewer();
  const theme = useTheme();
  const { view, change } = useView();
  const films = useOperation(FilmTitlesDocument, text.length > 1 ? {} : null).data?.data.movies.edges ?? [];
  const countries = useFilterValues('country') ?? [];
  const query = viewOnly(search);
  const pages = pageGroups().flatMap(({ pages: all }) => all).filter(({ needs }) => !needs || viewer?.permissions.includes(needs));
  return [
    ...pages.map(({ path, label, Icon, isDocument }) => ({
      key: `page-${path}`, label, kind: t('Page'), Icon,
      run: () => { if (isDocument) window.location.assign(path); else navigate(path + query); },
    })),
    { key: 'theme', label: theme === 'dark' ? t('Light theme') : t('Dark theme'), kind: t('Setting'), Icon: Moon, run: () => { chooseTheme(theme === 'dark' ? 'light' : 'dark'); } },
    { key: 'range-7', label: t('Last 7 days'), kind: t('Range'), Icon: CalendarDays, run: () => { change({ range: { kind: 'last', duration: 'P7D' } }); } },
    { key: 'range-90', label: t('Last 90 days'), kind: t('Range'), Icon: CalendarDays, run: () => { change({ range: { kind: 'last', duration: 'P90D' } }); } },
    ...countries.map((country) => ({
      key: `country-${country}`, label: formatValue('country', country), kind: t('Filter by country'), Icon: MapPin,
      run: () => { change({ filters: toggled(view.filters, 'country', country) }); },
    })),
    ...films.map(({ node }) => ({ key: `film-${node.sourceId}`, label: node.title, kind: t('Film'), Icon: Clapperboard, run: () => { navigate(filmUrl(node.sourceId) + query); } })),
    ...(text ? [{ key: 'user', label: t('User {id}', { id: text }), kind: t('User'), Icon: User, run: () => { navigate(userUrl(text)); } }] : []),
  ];
}
