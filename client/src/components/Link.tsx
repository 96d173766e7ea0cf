/** A real link that changes the URL without reloading the page. */
import type { MouseEvent, ReactNode } from 'react';
import { useNavigate } from '../view/router';
import { PREFIX } from '../prefix';

interface LinkProps {
  readonly to: string;
  readonly current?: boolean;
  readonly className?: string;
  readonly title?: string;
  readonly children: ReactNode;
}

export function Link({ to, current = false, className, title, children }: LinkProps) {
  const navigate = useNavigate();

  function follow(event: MouseEvent<HTMLAnchorElement>) {
    // Leave clicks that open a new tab or window to the browser.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  }

  return (
    <a href={PREFIX + to} aria-current={current ? 'page' : undefined} className={className} title={title} onClick={follow}>
      {children}
    </a>
  );
}
