/** A link inside the dashboard: changes the address without loading the page again, and still is a link. */
import type { MouseEvent, ReactNode } from 'react';
import { useNavigate } from '../view/router';

interface LinkProps {
  readonly to: string;
  readonly current?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Link({ to, current = false, className, children }: LinkProps) {
  const navigate = useNavigate();

  function follow(event: MouseEvent<HTMLAnchorElement>) {
    // A click that asks for another tab or window is the browser's.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  }

  return (
    <a href={to} aria-current={current ? 'page' : undefined} className={className} onClick={follow}>
      {children}
    </a>
  );
}
