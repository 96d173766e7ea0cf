/** Asks how far the data reaches while no event has said it, as behind a proxy that closes sockets: calendar ranges need it. */
import { useEffect } from 'react';
import { useNewestData } from '../api/newestData';
import { postDocument } from '../api/transport';
import { DevicesDocument } from '../generated/operations';
import { useSession } from '../session/useSession';

/** Events come sooner where they come. Without data they never say it, so each wait is twice the one before. */
const FIRST_MS = 1_000;
const LONGEST_MS = 3_600_000;

export function useNewestDataAsked(): void {
  const { token } = useSession();
  const isKnown = useNewestData() !== null;

  useEffect(() => {
    if (isKnown) return;
    let timer: number;
    const askAfter = (ms: number) => {
      timer = window.setTimeout(() => {
        // Each response notes it. A failure is told by the page's own queries.
        postDocument(token, DevicesDocument, { range: { last: 'P1D' } }).catch(() => undefined);
        askAfter(Math.min(2 * ms, LONGEST_MS));
      }, ms);
    };
    askAfter(FIRST_MS);
    return () => { window.clearTimeout(timer); };
  }, [token, isKnown]);
}
