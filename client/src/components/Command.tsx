/** A command to run, in a sentence that says what to do. */

export function Command({ children }: { readonly children: string }) {
  return <code className="font-mono text-ink">{children}</code>;
}
