/** One panel that fills its frame, or is as high as its content in a `<marquee-panel>`; or what is missing from the URL. */
import { QueryClientProvider } from '@tanstack/react-query';
import { Link2Off } from 'lucide-react';
import { type ComponentType, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { makeQueryClient } from '../api/queryClient';
import { EmptyNotice } from '../components/Notice';
import type { PanelSettings } from '../elements/frameProtocol';
import { SelectContext } from '../hooks/useSelect';
import { t } from '../i18n/i18n';
import type { HostPage } from './HostPage';
import type { EmbeddedProps } from './useEmbeddedOperation';

interface EmbedProps extends Pick<EmbeddedProps, 'operation' | 'token' | 'host'> {
  readonly Panel: ComponentType<EmbeddedProps>;
  /** Whether another page shows this one. An address that was copied into a tab opens nothing. */
  readonly isFramed: boolean;
}

const LEAST_REFRESH_S = 5;
/** Of a frame that nobody tells otherwise. */
const PLAIN: Pick<PanelSettings, 'variables' | 'refresh'> = { variables: {}, refresh: 60 };

export function Embed({ operation, token, host, isFramed, Panel }: EmbedProps) {
  // The panel itself shows that a token was refused: a frame has no sign-in page.
  const [queryClient] = useState(() => makeQueryClient(() => undefined));
  const settings = useSettings(host);
  const select = useMemo(() => host && ((dimension: string, value: string) => { host.post({ type: 'marquee:select', dimension, value }); }), [host]);
  useEffect(() => host?.onNewToken(() => void queryClient.invalidateQueries()), [host, queryClient]);
  return (
    <main ref={host?.follow} className={host ? 'flex flex-col overflow-hidden' : 'flex h-dvh flex-col overflow-auto [&>section]:min-h-fit'}>
      <h1 className="sr-only">{operation || t('Embedded panel')}</h1>
      {isFramed && operation && token.current() ? (
        <QueryClientProvider client={queryClient}>
          <SelectContext value={select}>
            {settings && <Panel operation={operation} token={token} host={host} variables={settings.variables} refreshMs={refreshMs(settings)} />}
          </SelectContext>
        </QueryClientProvider>
      ) : (
        <EmptyNotice Icon={Link2Off}>
          {isFramed ? t('This address has no token or no operation. Make a token with “marquee token embed”; the address is then /embed/DailyTrends?token=…') : t('This panel opens only in a frame of the site that it was made for.')}
        </EmptyNotice>
      )}
    </main>
  );
}

const nothing = () => () => undefined;
const plain = () => PLAIN;

/** Null until the element around the frame has said them: what is asked depends on them. */
function useSettings(host: HostPage | null): Pick<PanelSettings, 'variables' | 'refresh'> | null {
  return useSyncExternalStore(host?.subscribe ?? nothing, host?.settings ?? plain);
}

function refreshMs({ refresh }: Pick<PanelSettings, 'refresh'>): number | false {
  return refresh === 0 ? false : Math.max(refresh, LEAST_REFRESH_S) * 1_000;
}
