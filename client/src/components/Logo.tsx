/** The mark and the name. */
import mark from '../marquee.svg';

export function Logo() {
  return (
    <span className="flex items-center gap-2.5 text-base font-semibold tracking-tight">
      <img src={mark} alt="" className="size-7" />
      <span className="max-sm:sr-only">Marquee</span>
    </span>
  );
}
