/** A minimal router: the URL's path and query as state, with working back and forward buttons. */
import { useCallback, useSyncExternalStore } from 'react';
import { currentPath, PREFIX } from '../prefix';

const MOVED = 'marquee:moved';

function subscribe(onMove: () => void): () => void {
  window.addEventListener('popstate', onMove);
  window.addEventListener(MOVED, onMove);
  return () => {
    window.removeEventListener('popstate', onMove);
    window.removeEventListener(MOVED, onMove);
  };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, currentPath);
}

export function useSearch(): string {
  return useSyncExternalStore(subscribe, () => window.location.search);
}

/** Goes to an address within Marquee. */
export function useNavigate(): (address: string) => void {
  return useCallback((address: string) => {
    window.history.pushState(null, '', PREFIX + address);
    window.dispatchEvent(new Event(MOVED));
  }, []);
}
