/** Asks how far the data reaches while no event has said it, as behind a proxy that closes sockets: calendar ranges need it. */
import { useEffect } from 'react';
import { useNewestData } from '../api/newestData';
import { postDocument } from '../api/transport';
import { DevicesDocument } from '../generated/operations';
import { useSession } from '../session/useSession';

const EVERY_MS = 4_000;

export function useNewestDataAsked(): void {
  const { token } = useSession();
  const isKnown = useNewestData() !== null;

  useEffect(() => {
    if (isKnown) return;
    const timer = window.setInterval(() => {
      // Each response notes it. A failure is told by the page's own queries.
      postDocument(token, DevicesDocument, { range: { last: 'P1D' } }).catch(() => undefined);
    }, EVERY_MS);
    return () => { window.clearInterval(timer); };
  }, [token, isKnown]);
}
