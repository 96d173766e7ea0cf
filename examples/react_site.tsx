/**
 * A React page of your own with two of Marquee's panels: pressing a device filters the days by it.
 *
 * Any bundler that knows TypeScript takes it. The page around it says where Marquee is, and your server makes tokens:
 *
 *     <script>globalThis.MARQUEE_URL = 'https://analytics.example.com';</script>
 *     <script type="module" src="/react_site.js"></script>
 */
import { MarqueePanel, type PanelError } from '@marquee/react';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

const server = (globalThis as { MARQUEE_URL?: string }).MARQUEE_URL ?? location.origin;

async function getToken(): Promise<string> {
  const answer = await fetch('/marquee-token');
  if (!answer.ok) throw new Error('Sign in again.');
  return answer.text();
}

function Figures() {
  const [device, setDevice] = useState<string>();
  const [failure, setFailure] = useState<PanelError>();
  const variables = device === undefined ? {} : { where: { device: { in: [device] } } };
  return (
    <main>
      <h1>{device ?? 'All devices'}</h1>
      <button onClick={() => setDevice(undefined)}>All devices</button>
      {failure && <p role="alert">{failure.message}</p>}
      <MarqueePanel server={server} operation="Devices" getToken={getToken} onSelect={({ value }) => setDevice(value)} onError={setFailure} />
      <MarqueePanel server={server} operation="DailyTrends" getToken={getToken} variables={variables} onError={setFailure}>
        These figures are not available now.
      </MarqueePanel>
    </main>
  );
}

const root = document.createElement('div');
document.body.append(root);
createRoot(root).render(<Figures />);
