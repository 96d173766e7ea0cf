/** `<marquee-panel>` and `<marquee-board>` as components: properties in, events out. They load the server's script once. */
import { type CSSProperties, type FunctionComponent, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

export interface PanelError {
  readonly code: string;
  readonly message: string;
}

export interface PanelSelection {
  readonly dimension: string;
  readonly value: string;
}

interface FrameProps {
  /** Marquee's address: `https://analytics.example.com`. */
  readonly server: string;
  /** It opens its frame once; `getToken` gives another when the frame opens anew. */
  readonly token?: string;
  /** Gives a token: called when there is none, before it expires, and when the server refuses it. */
  readonly getToken?: () => string | Promise<string>;
  readonly theme?: 'light' | 'dark' | 'auto';
  /** How often it asks again, in seconds; 0 is never. */
  readonly refresh?: number;
  /** The language of texts and the form of numbers: `de`, `en-GB`. Default: those of the page around it. */
  readonly locale?: string;
  /** What screen readers call it; default: the operation. */
  readonly title?: string;
  readonly className?: string;
  readonly style?: CSSProperties;
  /** Shown in place of a frame that did not open. */
  readonly children?: ReactNode;
  readonly onLoad?: () => void;
  readonly onError?: (error: PanelError) => void;
  readonly onSelect?: (selection: PanelSelection) => void;
}

export interface MarqueePanelProps extends FrameProps {
  readonly operation: string;
  /** Variables of the operation that the token does not fix. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What a board's questions are asked under. */
export interface BoardView {
  readonly range?: { readonly last: string } | { readonly from: string; readonly to?: string };
  readonly timeZone?: string;
  readonly compareTo?: 'PREVIOUS_PERIOD' | 'PREVIOUS_YEAR' | null;
  readonly where?: Readonly<Record<string, unknown>>;
}

export interface MarqueeBoardProps extends FrameProps {
  /** The board's id, where the token does not fix it. */
  readonly board?: string;
  readonly variables?: BoardView;
}

interface FrameElement extends HTMLElement {
  token: string;
  getToken: (() => string | Promise<string>) | null;
  variables: Readonly<Record<string, unknown>>;
}

interface FrameAttributes {
  readonly ref: RefObject<FrameElement | null>;
  readonly server: string;
  readonly operation?: string | undefined;
  readonly board?: string | undefined;
  readonly theme: string;
  readonly refresh: string;
  readonly locale: string | undefined;
  readonly title: string | undefined;
  readonly class: string | undefined;
  readonly style: CSSProperties | undefined;
  readonly children: ReactNode;
}

type Tag = FunctionComponent<FrameAttributes>;

/** The elements themselves: React makes them by their names. */
const Panel = 'marquee-panel' as unknown as Tag;
const Board = 'marquee-board' as unknown as Tag;

export function MarqueePanel(props: MarqueePanelProps) {
  return <Panel {...useFrame(props, props.variables)} operation={props.operation} />;
}

export function MarqueeBoard(props: MarqueeBoardProps) {
  return <Board {...useFrame(props, props.variables)} board={props.board} />;
}

function useFrame(props: FrameProps, variables: object | undefined): FrameAttributes {
  const { server, token, getToken, theme = 'auto', refresh = 60, locale, title, className, style, children } = props;
  const element = useRef<FrameElement>(null);
  // Callbacks are made anew by each drawing; the element keeps one that calls the newest.
  const newest = useRef(props);
  const hasCallback = getToken !== undefined;
  const given = JSON.stringify(variables ?? {});

  useLayoutEffect(() => {
    newest.current = props;
  });
  useLayoutEffect(() => {
    if (element.current) element.current.getToken = hasCallback ? () => newest.current.getToken?.() ?? '' : null;
  }, [hasCallback]);
  useLayoutEffect(() => {
    if (element.current && token) element.current.token = token;
  }, [token]);
  useLayoutEffect(() => {
    if (element.current) element.current.variables = JSON.parse(given) as Readonly<Record<string, unknown>>;
  }, [given]);
  useLayoutEffect(() => (element.current ? listen(element.current, newest) : undefined), []);
  useEffect(() => {
    loadElements(server);
  }, [server]);

  return { ref: element, server, theme, refresh: String(refresh), locale, title, class: className, style, children };
}

function listen(element: FrameElement, newest: { readonly current: FrameProps }): () => void {
  const ending = new AbortController();
  const on = (type: string, listener: (detail: unknown) => void) => {
    element.addEventListener(type, (event) => { if (event instanceof CustomEvent) listener(event.detail); }, ending);
  };
  on('load', () => newest.current.onLoad?.());
  on('error', (detail) => newest.current.onError?.(detail as PanelError));
  on('select', (detail) => newest.current.onSelect?.(detail as PanelSelection));
  return () => {
    ending.abort();
  };
}

function loadElements(server: string): void {
  const address = `${server.replace(/\/+$/, '')}/elements.js`;
  const isThere = [...document.scripts].some(({ src }) => src === new URL(address, document.baseURI).href);
  if (isThere || customElements.get('marquee-panel')) return;
  const script = document.createElement('script');
  script.type = 'module';
  script.src = address;
  document.head.append(script);
}
