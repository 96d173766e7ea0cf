/** A country code as a small badge. Not a flag: some systems have no font for flags. */

export function CountryCode({ code }: { readonly code: string }) {
  if (!/^[A-Z]{2}$/.test(code)) return null;
  return (
    <span aria-hidden className="rounded bg-raised px-1.5 py-0.5 font-mono text-[0.6875rem] leading-4 text-muted">
      {code}
    </span>
  );
}
