/** Whether the server can be reached, as the last request found. */
import { useSyncExternalStore } from 'react';

let isAway = false;
const listeners = new Set<() => void>();

export function noteConnection(isReached: boolean): void {
  if (isAway === !isReached) return;
  isAway = !isReached;
  for (const listener of listeners) listener();
}

export function useIsAway(): boolean {
  return useSyncExternalStore(subscribe, () => isAway);
}

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}
