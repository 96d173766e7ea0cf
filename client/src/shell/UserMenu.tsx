/** Who you are, always in sight: name, role, and what your token is limited to; theme, language and sign-out behind it. */
import { Check, ChevronsUpDown, Languages, LogOut, Moon, ShieldHalf, Sun } from 'lucide-react';
import { formatValue } from '../format';
import { chooseLanguage, type Language, language, LANGUAGES, t } from '../i18n/i18n';
import { Popover } from '../menus/Popover';
import { useSession } from '../session/useSession';
import { useViewer, type Viewer } from '../session/viewer';
import { chooseTheme, useTheme } from '../theme/theme';

export function UserMenu() {
  const viewer = useViewer();
  if (!viewer) return <div className="h-12" />;
  return (
    <Popover
      label={t('You and your settings')}
      isAbove
      buttonClass="flex w-full items-center gap-2.5 rounded-lg p-2 text-start hover:bg-raised"
      button={<Identity viewer={viewer} />}
    >
      {() => <Settings />}
    </Popover>
  );
}

function Identity({ viewer }: { readonly viewer: Viewer }) {
  const limits = limitsOf(viewer);
  return (
    <>
      <span aria-hidden className="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft text-sm font-semibold text-accent">
        {viewer.subject.charAt(0).toUpperCase()}
      </span>
      <span className="min-w-0 grow leading-tight">
        <span className="block truncate text-sm font-medium">{viewer.subject}</span>
        <span data-testid="role-badge" data-value={viewer.role} className="block text-xs text-muted">
          {roleName(viewer.role)}
        </span>
        {limits && (
          <span data-testid="scope" className="mt-0.5 flex items-center gap-1 text-xs font-medium text-gold">
            <ShieldHalf className="size-3.5 shrink-0" aria-hidden />
            <span className="truncate">{t('Only {limits}', { limits })}</span>
          </span>
        )}
      </span>
      <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden />
    </>
  );
}

export function limitsOf({ scope }: Viewer): string {
  return scope.map(({ name, values }) => values.map((value) => formatValue(name.toLowerCase(), value)).join(', ')).join(' · ');
}

function roleName(role: Viewer['role']): string {
  const name = role.toLowerCase();
  return t(name.charAt(0).toUpperCase() + name.slice(1));
}

function Settings() {
  const theme = useTheme();
  const { signOut } = useSession();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <>
      <button type="button" className="menu-item" onClick={() => { chooseTheme(other); }}>
        {theme === 'dark' ? <Sun className="size-4 text-muted" aria-hidden /> : <Moon className="size-4 text-muted" aria-hidden />}
        {theme === 'dark' ? t('Light theme') : t('Dark theme')}
      </button>
      {(Object.keys(LANGUAGES) as Language[]).map((one) => (
        <button key={one} type="button" lang={one} className="menu-item" aria-pressed={one === language} onClick={() => { chooseLanguage(one); }}>
          <Languages className="size-4 text-muted" aria-hidden />
          <span className="grow">{LANGUAGES[one]}</span>
          {one === language && <Check className="size-4" aria-hidden />}
        </button>
      ))}
      <button type="button" className="menu-item" onClick={() => { signOut(null); }}>
        <LogOut className="size-4 text-muted" aria-hidden />
        {t('Sign out')}
      </button>
    </>
  );
}
