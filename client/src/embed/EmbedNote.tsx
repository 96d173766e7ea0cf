/** Below an embedded panel: its range, how far the data reaches, the zone, and what it is limited to. */
import { useSyncExternalStore } from 'react';
import type { Provenance } from '../api/response';
import { ViewNote } from '../components/ViewNote';
import { embeddedView } from './embeddedView';
import type { EmbeddedProps } from './useEmbeddedOperation';

interface EmbedNoteProps extends Pick<EmbeddedProps, 'token' | 'variables'> {
  readonly provenance: Provenance | undefined;
}

export function EmbedNote({ token, variables, provenance }: EmbedNoteProps) {
  const { timeZone, filters } = embeddedView(useSyncExternalStore(token.subscribe, token.current), variables);
  const path = Object.entries(provenance?.paths ?? {}).find(([, { range }]) => range)?.[0];
  return (
    <footer className="px-4 pt-2 pb-3 text-xs text-pretty text-muted sm:px-5">
      {path !== undefined && (
        <>
          <ViewNote provenance={provenance} path={path} timeZone={timeZone} />
          {' · '}
          <span data-field="timeZone" data-value={timeZone}>{timeZone}</span>
        </>
      )}
      {filters.map((filter, index) => (
        <span key={filter} data-field="filter" data-value={filter}>
          {(path !== undefined || index > 0) && ' · '}
          {filter}
        </span>
      ))}
    </footer>
  );
}
