/** How far the data reaches, as the newest response or event said. */
import { useSyncExternalStore } from 'react';

let newest: string | null = null;
const listeners = new Set<() => void>();

export function noteNewestData(dataThrough: string | null | undefined): void {
  if (!dataThrough || dataThrough === newest) return;
  newest = dataThrough;
  for (const listener of listeners) listener();
}

/** An instant, or null while nothing is known. */
export function useNewestData(): string | null {
  return useSyncExternalStore(subscribe, () => newest);
}

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}
