/** The logo and the product name. */
import mark from '../marquee.svg';

export function Logo({ nameClass }: { readonly nameClass?: string }) {
  return (
    <span className="flex shrink-0 items-center gap-2.5 text-base font-semibold tracking-tight">
      <img src={mark} alt="" className="size-7" />
      <span className={nameClass}>Marquee</span>
    </span>
  );
}
