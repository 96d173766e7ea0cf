/** The notice for results that no Spark job has computed yet: how to start the job, or how far it is. */
import { createContext, type ReactNode, use } from 'react';
import { t } from '../i18n/i18n';

/** What is shown of a job: how far it is, or else how to start it. Embeds have no page of runs, and show the latter. */
export const JobContext = createContext<(job: string, how: ReactNode) => ReactNode>((_, how) => how);

interface NotComputedProps {
  /** What is missing, as a full sentence: `No forecast has been computed yet.` */
  readonly children: string;
  readonly job: string;
}

export function NotComputed({ children, job }: NotComputedProps) {
  const shown = use(JobContext);
  const how = <CommandText command={`marquee spark ${job}`}>{t('Run {command}, then refresh.')}</CommandText>;
  return (
    <>
      {children} {shown(job, how)}
    </>
  );
}

/** A text with a command in the place of `{command}`. */
export function CommandText({ children, command }: { readonly children: string; readonly command: string }) {
  const [before, after] = children.split('{command}');
  return (
    <>
      {before}
      <code className="font-mono text-ink">{command}</code>
      {after}
    </>
  );
}
