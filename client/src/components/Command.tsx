/** A command to run, and the sentence that asks for one where its results are missing. */

export function Command({ children }: { readonly children: string }) {
  return <code className="font-mono text-ink">{children}</code>;
}

interface NotComputedProps {
  /** What is missing, at the start of a sentence: `No forecast has been computed yet.` */
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
