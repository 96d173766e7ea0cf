/** One panel that fills its frame, or what is missing from the URL. */
import { QueryClientProvider } from '@tanstack/react-query';
import { Link2Off } from 'lucide-react';
import { type ComponentType, useState } from 'react';
import { makeQueryClient } from '../api/queryClient';
import { EmptyNotice } from '../components/Notice';
import type { EmbeddedProps } from './embeddedPanels';

interface EmbedProps extends EmbeddedProps {
  readonly Panel: ComponentType<EmbeddedProps>;
}

export function Embed({ operation, token, Panel }: EmbedProps) {
  // The panel itself shows that a token was refused: a frame has no sign-in page.
  const [queryClient] = useState(() => makeQueryClient(() => undefined));
  return (
    <main className="flex h-dvh flex-col overflow-auto [&>section]:min-h-fit">
      <h1 className="sr-only">{operation || 'Embedded panel'}</h1>
      {operation && token ? (
        <QueryClientProvider client={queryClient}>
          <Panel operation={operation} token={token} />
        </QueryClientProvider>
      ) : (
        <EmptyNotice Icon={Link2Off}>
          This URL has no {operation ? 'token' : 'operation'}. Create a token with “marquee token embed”. The URL is then
          /embed/DailyTrends?token=…
        </EmptyNotice>
      )}
    </main>
  );
}
