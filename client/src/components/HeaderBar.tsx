/** The bar at the top of every page: logo, navigation, role, theme, sign-out. */
import { ChartNoAxesCombined, LogOut, type LucideIcon, SquareTerminal, Users, Workflow } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSession } from '../session/session';
import { Logo } from './Logo';
import { RoleBadge } from './RoleBadge';
import { ThemeToggle } from './ThemeToggle';

export const TAB_CLASS =
  'inline-flex h-9 items-center gap-2 rounded-lg px-2.5 text-sm text-muted transition-colors hover:text-ink aria-[current=page]:bg-raised aria-[current=page]:font-medium aria-[current=page]:text-ink';

export const TABS = {
  dashboard: { label: 'Dashboard', Icon: ChartNoAxesCombined },
  users: { label: 'Users', Icon: Users },
  pipeline: { label: 'Pipeline', Icon: Workflow },
  playground: { label: 'Playground', Icon: SquareTerminal },
} as const satisfies Record<string, { label: string; Icon: LucideIcon }>;

export function TabLabel({ tab }: { readonly tab: keyof typeof TABS }) {
  const { label, Icon } = TABS[tab];
  return (
    <>
      <Icon className="size-4" aria-hidden />
      <span className="max-md:sr-only">{label}</span>
    </>
  );
}

export function HeaderBar({ children }: { readonly children: ReactNode }) {
  const { signOut } = useSession();
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-surface">
      <div className="mx-auto flex h-14 max-w-[100rem] items-center gap-2 px-4 sm:gap-6 sm:px-6">
        <Logo nameClass="max-sm:sr-only" />
        <nav aria-label="Pages" className="flex gap-1">
          {children}
        </nav>
        <div className="ms-auto flex items-center gap-1.5">
          <RoleBadge />
          <ThemeToggle />
          <button
            type="button"
            className="icon-button"
            aria-label="Sign out"
            title="Sign out"
            onClick={() => {
              signOut(null);
            }}
          >
            <LogOut className="size-4.5" aria-hidden />
          </button>
        </div>
      </div>
    </header>
  );
}
