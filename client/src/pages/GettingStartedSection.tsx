/** How to begin, in place of figures, while the warehouse holds no session. */
import { Database, FileUp, type LucideIcon, Radio } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from '../components/Link';
import { t } from '../i18n/i18n';
import { serverAddress } from '../prefix';
import { mayLoadFiles, useViewer } from '../session/viewer';

export function GettingStartedSection() {
  const mayLoad = mayLoadFiles(useViewer());
  return (
    <section aria-label={t('How to begin')} className="card flex flex-col gap-6 p-6 sm:p-8" data-testid="begin" data-state="ready">
      <div>
        <h2 className="text-lg font-semibold tracking-tight">{t('Nothing has been watched yet')}</h2>
        <p className="mt-1 max-w-prose text-muted">{t('Load sessions in one of these ways. This page follows the data: it fills by itself when the first rows are in.')}</p>
      </div>
      <ol className="grid gap-4 lg:grid-cols-3">
        <Way Icon={Database} title={t('Try it with demo data')} command="marquee ingest generate --experiments">
          {t('A film service with films, users, sessions and ratings of the last year.')}
        </Way>
        <Way Icon={FileUp} title={t('Load a file')} command="marquee ingest load viewing_sessions sessions.csv">
          {t('CSV, NDJSON, Parquet or Arrow; bad rows are told apart and kept for you to correct.')}
          {mayLoad && <> <Link to="/data" className="text-accent underline">{t('Drop it on the page Data')}</Link></>}
        </Way>
        <Way Icon={Radio} title={t('Send events')} command={`curl ${serverAddress()}/ingest/viewing_sessions -H "Authorization: Bearer $TOKEN" --data-binary @sessions.ndjson`}>
          {t('Over HTTP with an ingest token, each request once, however often it is sent.')}
        </Way>
      </ol>
    </section>
  );
}

interface WayProps {
  readonly Icon: LucideIcon;
  readonly title: string;
  readonly command: string;
  readonly children: ReactNode;
}

function Way({ Icon, title, command, children }: WayProps) {
  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-lg border border-line p-4">
      <h3 className="flex items-center gap-2 font-medium">
        <Icon className="size-4 text-accent" aria-hidden />
        {title}
      </h3>
      <p className="grow text-sm text-muted">{children}</p>
      <code className="block overflow-x-auto rounded-md bg-raised px-3 py-2 font-mono text-xs" tabIndex={0}>{command}</code>
    </li>
  );
}
