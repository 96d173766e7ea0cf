/** `<marquee-panel>` as a component: an embedded panel with properties in and events out. Loads the server's script once. */
import { type CSSProperties, type FunctionComponent, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

export interface PanelError {
  readonly code: string;
  readonly message: string;
}

export interface PanelSelection {
  readonly dimension: string;
  readonly value: string;
}

export interface MarqueePanelProps {
  /** Marquee's address: `https://analytics.example.com`. */
  readonly server: string;
  readonly operation: string;
  readonly token?: string;
  /** Gives a token: called when there is none, before it expires, and when the server refuses it. */
  readonly getToken?: () => string | Promise<string>;
  /** Variables of the operation that the token does not fix. */
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly theme?: 'light' | 'dark' | 'auto';
  /** How often the panel asks again, in seconds; 0 is never. */
  readonly refresh?: number;
  /** What screen readers call the panel; default: the operation. */
  readonly title?: string;
  readonly className?: string;
  readonly style?: CSSProperties;
  /** Shown in place of a panel that did not open. */
  readonly children?: ReactNode;
  readonly onLoad?: () => void;
  readonly onError?: (error: PanelError) => void;
  readonly onSelect?: (selection: PanelSelection) => void;
}

interface PanelElement extends HTMLElement {
  token: string;
  getToken: (() => string | Promise<string>) | null;
  variables: Readonly<Record<string, unknown>>;
}

interface PanelAttributes {
  readonly ref: RefObject<PanelElement | null>;
  readonly server: string;
  readonly operation: string;
  readonly theme: string;
  readonly refresh: string;
  readonly title: string | undefined;
  readonly class: string | undefined;
  readonly style: CSSProperties | undefined;
  readonly children: ReactNode;
}

/** The element itself: React makes it by its name. */
const Panel = 'marquee-panel' as unknown as FunctionComponent<PanelAttributes>;

export function MarqueePanel(props: MarqueePanelProps) {
  const { server, operation, token, getToken, variables, theme = 'auto', refresh = 60, title, className, style, children } = props;
  const element = useRef<PanelElement>(null);
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

  return (
    <Panel ref={element} server={server} operation={operation} theme={theme} refresh={String(refresh)} title={title} class={className} style={style}>
      {children}
    </Panel>
  );
}

function listen(element: PanelElement, newest: { readonly current: MarqueePanelProps }): () => void {
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
