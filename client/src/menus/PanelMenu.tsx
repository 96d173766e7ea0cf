/** The menu of a panel. What is in it is loaded when it is opened. */
import { Ellipsis } from 'lucide-react';
import { lazy, type RefObject } from 'react';
import type { Provenance } from '../api/response';
import { LazyPart } from '../components/LazyPart';
import { t } from '../i18n/i18n';
import { Popover } from './Popover';

const PanelMenuItems = lazy(async () => ({ default: (await import('./PanelMenuItems')).PanelMenuItems }));

export interface PanelSource {
  /** The published operation whose answer has these figures; none for a question of the page's own. */
  readonly operation?: string;
  readonly variables?: object | null;
  /** Whether the answer is one list, which can be a file. */
  readonly isList?: boolean;
  /** The field of the answer that the figures are from, for how they were computed. */
  readonly path?: string;
  /** The same as a question of Explore: its part of the address. */
  readonly question?: string;
}

export interface PanelMenuProps {
  readonly title: string;
  readonly source: PanelSource;
  readonly body: RefObject<HTMLElement | null>;
  readonly provenance: Provenance | undefined;
}

export function PanelMenu(props: PanelMenuProps) {
  return (
    <Popover
      label={t('More for {title}', { title: props.title })}
      buttonClass="icon-button"
      align="end"
      button={<Ellipsis className="size-4" aria-hidden />}
    >
      {(close) => <LazyPart fallback={null}><PanelMenuItems {...props} onDone={close} /></LazyPart>}
    </Popover>
  );
}

