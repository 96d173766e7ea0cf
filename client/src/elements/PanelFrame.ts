/** The frame of an element: hears its own page alone, and notices when that page says nothing. */
import type { HostMessage, PanelMessage } from './frameProtocol';
import { readPanelMessage } from './messagesFromFrame';

/** After the frame has loaded, its page must say something; before that, the network may be slow. */
const SILENCE_MS = 3_000;
const PATIENCE_MS = 30_000;

export interface FrameListener {
  readonly onMessage: (message: PanelMessage) => void;
  /** A refused token and a foreign site give a page of the browser, which says nothing. */
  readonly onSilence: () => void;
}

export class PanelFrame {
  readonly #element = document.createElement('iframe');
  readonly #origin: string;
  readonly #listener: FrameListener;
  #isReady = false;
  #timer = 0;

  constructor(root: ParentNode, address: URL, title: string, listener: FrameListener) {
    this.#origin = address.origin;
    this.#listener = listener;
    this.title = title;
    // The panel then knows to whom it speaks, also where browsers do not tell it otherwise.
    this.#element.referrerPolicy = 'origin';
    this.#element.src = address.href;
    this.#element.addEventListener('load', () => { if (!this.#isReady) this.#await(SILENCE_MS); });
    window.addEventListener('message', this.#hear);
    this.#await(PATIENCE_MS);
    root.append(this.#element);
  }

  /** Whether the panel's page has said that it hears. */
  get isReady(): boolean {
    return this.#isReady;
  }

  set title(title: string) {
    this.#element.title = title;
  }

  post(message: HostMessage): void {
    this.#element.contentWindow?.postMessage(message, this.#origin);
  }

  hide(): void {
    this.#element.hidden = true;
  }

  remove(): void {
    window.removeEventListener('message', this.#hear);
    window.clearTimeout(this.#timer);
    this.#element.remove();
  }

  #await(patienceMs: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(this.#listener.onSilence, patienceMs);
  }

  readonly #hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    if (source === null || source !== this.#element.contentWindow || origin !== this.#origin) return;
    const message = readPanelMessage(data);
    if (!message) return;
    if (message.type === 'marquee:ready') {
      window.clearTimeout(this.#timer);
      this.#isReady = true;
      this.#element.hidden = false;
    }
    if (message.type === 'marquee:height') this.#element.style.height = `${message.height}px`;
    this.#listener.onMessage(message);
  };
}
