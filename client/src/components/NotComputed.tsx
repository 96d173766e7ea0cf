/** A command to run, and the notice for results that no Spark job has computed yet. */

export function Command({ children }: { readonly children: string }) {
  return <code className="font-mono text-ink">{children}</code>;
}

interface NotComputedProps {
  /** What is missing, as a full sentence: `No forecast has been computed yet.` */
  readonly children: string;
  readonly job: string;
}

export function NotComputed({ children, job }: NotComputedProps) {
  return (
    <>
      {children} Run <Command>{`marquee spark ${job}`}</Command>, then refresh.
    </>
  );
}
