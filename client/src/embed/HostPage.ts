/** The element around a frame. Only `window.parent` is heard: the token's origin rule says which site that is. */
import type { PanelMessage, PanelSettings } from '../elements/frameProtocol';
import { t } from '../i18n/i18n';
import { applyTheme } from '../theme/theme';
import { EmbedToken } from './EmbedToken';
import { readHostMessage } from './messagesFromHost';
import { applyHostStyles } from './hostStyles';

export class HostPage {
  readonly token: EmbedToken;
  #settings: PanelSettings | null = null;
  #content: HTMLElement | null = null;
  #height = -1;
  readonly #listeners = new Set<() => void>();
  readonly #tokenListeners = new Set<() => void>();

  constructor(token: string, exchange: (token: string) => Promise<string>) {
    this.token = new EmbedToken(token, () => { this.post({ type: 'marquee:refused' }); }, exchange);
    window.addEventListener('message', this.#onMessage);
    this.post({ type: 'marquee:ready' });
  }

  /** Null until the element has said them. */
  readonly settings = (): PanelSettings | null => this.#settings;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  };

  /** Hears of a new token that no request waited for: it may show other rows. Returns what ends that. */
  onNewToken(listener: () => void): () => void {
    this.#tokenListeners.add(listener);
    return () => { this.#tokenListeners.delete(listener); };
  }

  post(message: PanelMessage): void {
    window.parent.postMessage(message, parentOrigin(window.location.ancestorOrigins, document.referrer));
  }

  /** Says the height of the content, now and whenever it changes; a ref of React. */
  readonly follow = (content: HTMLElement | null): (() => void) | undefined => {
    if (!content) return undefined;
    this.#content = content;
    const observer = new ResizeObserver(this.measure);
    observer.observe(content);
    return () => { observer.disconnect(); };
  };

  /** Browsers do not observe sizes in frames outside of the window: what an answer changes is measured when it came. */
  readonly measure = (): void => {
    const height = Math.ceil(this.#content?.getBoundingClientRect().height ?? 0);
    if (height === 0 || height === this.#height) return;
    this.#height = height;
    this.post({ type: 'marquee:height', height });
  };

  readonly #onMessage = ({ source, data }: MessageEvent<unknown>): void => {
    if (source !== window.parent) return;
    const message = readHostMessage(data);
    if (!message && isOurs(data)) this.post({ type: 'marquee:error', code: 'BAD_INPUT', message: t('The panel can’t take this. Check its variables and token.') });
    if (message?.type === 'marquee:settings') this.#take(message.settings);
    if (message?.type === 'marquee:token' && this.token.take(message.token)) this.#tokenListeners.forEach((listener) => { listener(); });
  };

  #take(settings: PanelSettings): void {
    applyTheme(settings.theme);
    applyHostStyles(settings.styles);
    this.#settings = settings;
    for (const listener of this.#listeners) listener();
  }
}

/** Whether a message is of an element, though not as it should be: it is told so. Other scripts of the page may speak too. */
function isOurs(data: unknown): boolean {
  const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : null;
  return type === 'marquee:settings' || type === 'marquee:token';
}

/** The origin to speak to, as browsers tell it; `*` where none does, or where the page has none of its own. */
export function parentOrigin(ancestors: ArrayLike<string> | undefined, referrer: string): string {
  const told = ancestors?.[0] ?? (URL.canParse(referrer) ? new URL(referrer).origin : '*');
  return told === 'null' ? '*' : told;
}
