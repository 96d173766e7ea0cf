/** When a failed request is sent again, and how long after. */
import type { MarqueeError } from './errors.js';

export interface Retries {
  /** Tries after the first. */
  readonly most: number;
  readonly firstPauseS: number;
  /** A server that asks for a longer pause is not waited for. */
  readonly longestPauseS: number;
}

export const RETRIES: Retries = { most: 3, firstPauseS: 0.5, longestPauseS: 60 };

/** The pause before a try, counted from 1: as long as the server asks for, or else twice the pause before. Null if there is none. */
export function pauseS(retries: Retries, number: number, error: MarqueeError, chance: () => number = Math.random): number | null {
  if (number > retries.most || !error.isTransient) return null;
  if (error.retryAfterS !== null) return error.retryAfterS <= retries.longestPauseS ? error.retryAfterS : null;
  // Clients that failed together do not come back together.
  return Math.min(retries.firstPauseS * 2 ** (number - 1) * (0.75 + chance() / 2), retries.longestPauseS);
}

/** Waits, unless the signal aborts: then it throws the signal's reason. */
export async function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(done, seconds * 1000);
    signal?.addEventListener('abort', aborted, { once: true });
    function done() {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }
    function aborted() {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    }
  });
}
