/** The pages, in the navigation's groups. The server serves the same paths (`server/http/app.py`). */
import {
  Activity, Bell, Braces, ChartNoAxesCombined, Clapperboard, Compass, Database, FlaskConical, LayoutDashboard, type LucideIcon, Settings2, Sparkles, SquareTerminal, Trophy,
  User, Users,
} from 'lucide-react';
import { t } from '../i18n/i18n';

export interface PageEntry {
  readonly path: string;
  readonly label: string;
  readonly Icon: LucideIcon;
  /** A root field that the role must be allowed to query. */
  readonly needs?: string;
  /** A page of its own, not of the dashboard's router. */
  readonly isDocument?: boolean;
}

export interface PageGroup {
  readonly label: string;
  readonly pages: readonly PageEntry[];
}

export function pageGroups(): readonly PageGroup[] {
  return [
    {
      label: t('Today'),
      pages: [
        { path: '/', label: t('Overview'), Icon: ChartNoAxesCombined },
        { path: '/boards', label: t('Boards'), Icon: LayoutDashboard },
        { path: '/explore', label: t('Explore'), Icon: Compass },
        { path: '/alerts', label: t('Alerts'), Icon: Bell, needs: 'alerts' },
      ],
    },
    {
      label: t('Understand'),
      pages: [
        { path: '/films', label: t('Films'), Icon: Clapperboard },
        { path: '/audience', label: t('Audience'), Icon: Users },
        { path: '/playback', label: t('Playback'), Icon: Activity },
        { path: '/charts', label: t('Film charts'), Icon: Trophy },
        { path: '/predictions', label: t('Predictions'), Icon: Sparkles },
        { path: '/experiments', label: t('Experiments'), Icon: FlaskConical, needs: 'experiments' },
        { path: '/users', label: t('Users'), Icon: User },
      ],
    },
    {
      label: t('Run'),
      pages: [
        { path: '/data', label: t('Data'), Icon: Database, needs: 'dataQuality' },
        { path: '/operations', label: t('Operations'), Icon: Settings2, needs: 'runPipeline' },
        { path: '/api', label: t('REST'), Icon: Braces, needs: 'dataQuality' },
        { path: '/playground', label: t('Playground'), Icon: SquareTerminal, isDocument: true },
      ],
    },
  ];
}

/** Whether a page or one below it is shown. */
export function isAt(page: PageEntry, path: string): boolean {
  return path === page.path || (page.path !== '/' && path.startsWith(`${page.path}/`));
}

