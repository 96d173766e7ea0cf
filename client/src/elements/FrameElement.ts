/** What the elements have in common: a frame, so that the token's origin rule holds, settings that go in, events that come out. */
import { HostLook, LOOK_ELEMENTS, LOOK_STYLES } from './hostLook';
import type { PanelMessage, PanelSettings } from './frameProtocol';
import { PanelFrame } from './PanelFrame';
import { type GetToken, RenewedToken } from './RenewedToken';

export type Variables = Readonly<Record<string, unknown>>;

const ATTRIBUTES = ['server', 'token', 'variables', 'theme', 'refresh', 'locale', 'title'] as const;
const PROPERTIES = ['server', 'token', 'getToken', 'variables', 'theme', 'refresh', 'locale'] as const;
const DEFAULT_REFRESH_S = 60;
const NOT_OPENED =
  'The panel did not open. Its token may be refused, or made for another operation or another site; or the server can’t be reached.';
const STYLES = `
  :host { display: block; }
  :host([hidden]) { display: none; }
  iframe { display: block; width: 100%; height: 20rem; max-height: 100%; border: 0; }
  [hidden] { display: none; }
  ${LOOK_STYLES}
`;

export abstract class FrameElement extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  /** The published operation that the frame shows; empty while it is not known. */
  protected abstract readonly shown: string;
  /** Attributes of this kind of element, each with a property of its name. */
  protected abstract readonly own: readonly string[];

  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #look: HostLook;
  /** What stands inside of the element, in place of a frame that did not open. */
  readonly #fallback = document.createElement('slot');
  readonly #token = new RenewedToken(() => void this.#renew());
  readonly #sizes = new ResizeObserver(() => { this.sendSettings(); });
  #variables: Variables = {};
  #frame: PanelFrame | null = null;
  /** Counts frames: what an earlier one began is dropped. */
  #opening = 0;
  #willOpen = false;
  /** The token and operation of the newest frame: a token opens its frame once. */
  #spent = '';
  #isLoaded = false;
  #sent = '';

  constructor() {
    super();
    this.#root.innerHTML = `<style>${STYLES}</style>${LOOK_ELEMENTS}`;
    this.#root.append(this.#fallback);
    this.#look = new HostLook(this.#root, () => { this.sendSettings(); });
  }

  get server(): string {
    return this.getAttribute('server') ?? '';
  }
  set server(address: string) {
    this.setAttribute('server', address);
  }

  /** The token in use. A new one goes into the frame that is there. */
  get token(): string {
    return this.#token.current;
  }
  set token(token: string | null) {
    if (!token || !this.#token.keep(token)) return;
    if (this.#frame?.isReady) this.#give(this.token);
    else this.reopen();
  }

  /** Gives a token: called when there is none, before it expires, and when the server refuses it. */
  get getToken(): GetToken | null {
    return this.#token.callback;
  }
  set getToken(callback: GetToken | null) {
    this.#token.callback = callback;
    if (this.#frame) this.#token.watch();
    else this.reopen();
  }

  /** Variables of the operation that the token does not fix. */
  get variables(): Variables {
    return this.#variables;
  }
  set variables(variables: Variables | null) {
    this.#variables = variables ?? {};
    this.sendSettings();
  }

  /** `light`, `dark`, or `auto`: as the page. */
  get theme(): string {
    return this.getAttribute('theme') ?? 'auto';
  }
  set theme(theme: string) {
    this.setAttribute('theme', theme);
  }

  /** How often the panel asks again, in seconds; 0 is never. */
  get refresh(): number {
    const seconds = Number(this.getAttribute('refresh') ?? DEFAULT_REFRESH_S);
    return Number.isFinite(seconds) && seconds >= 0 ? seconds : DEFAULT_REFRESH_S;
  }
  set refresh(seconds: number) {
    this.setAttribute('refresh', String(seconds));
  }

  /** The language of the texts, and the locale of numbers; by default that of the page's own words around it. */
  get locale(): string {
    return this.getAttribute('locale') ?? this.closest<HTMLElement>('[lang]')?.lang ?? '';
  }
  set locale(locale: string) {
    this.setAttribute('locale', locale);
  }

  connectedCallback(): void {
    this.#takeEarlierProperties();
    this.#sizes.observe(this);
    this.reopen();
  }

  disconnectedCallback(): void {
    this.#sizes.disconnect();
    this.#close();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    switch (name) {
      case 'token':
        this.token = now;
        break;
      case 'variables':
        this.#readVariables(now);
        break;
      case 'title':
        if (this.#frame) this.#frame.title = this.#title;
        break;
      case 'theme':
      case 'refresh':
        this.sendSettings();
        break;
      default:
        this.reopen();
    }
  }

  /** The variables that the frame is told. */
  protected get settled(): Variables {
    return this.#variables;
  }

  /** Opens the frame anew: once for all attributes that are set together. */
  protected reopen(): void {
    if (this.#willOpen) return;
    this.#willOpen = true;
    queueMicrotask(() => {
      this.#willOpen = false;
      if (this.isConnected) void this.#open();
    });
  }

  protected sendSettings(): void {
    if (!this.#frame?.isReady) return;
    const text = JSON.stringify(this.#settings);
    if (text === this.#sent) return;
    this.#sent = text;
    // As JSON says it: a message can't carry functions.
    this.#frame.post({ type: 'marquee:settings', settings: JSON.parse(text) as PanelSettings });
  }

  get #title(): string {
    return this.title || this.shown;
  }

  /** Properties that were set before this script was there hide those of the class. */
  #takeEarlierProperties(): void {
    const own = this as unknown as Record<string, unknown>;
    for (const name of [...PROPERTIES, ...this.own]) {
      if (!Object.hasOwn(own, name)) continue;
      const value = own[name];
      Reflect.deleteProperty(own, name);
      own[name] = value;
    }
  }

  #readVariables(text: string | null): void {
    try {
      const read: unknown = JSON.parse(text ?? '{}');
      if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new TypeError();
      this.variables = read as Variables;
    } catch {
      this.#fail('BAD_INPUT', `variables is ${String(text)}, expected a JSON object: {"timeZone": "UTC"}`);
    }
  }

  async #open(mayRenew = true): Promise<void> {
    this.#close();
    const opening = this.#opening;
    if (!this.token || this.#spent === this.#opened) {
      await this.#newToken();
      if (opening !== this.#opening) return;
    }
    const address = this.#address();
    if (!address) return;
    this.#spent = this.#opened;
    this.#frame = new PanelFrame(this.#root, address, this.#title, {
      onMessage: (message) => { this.#take(message); },
      onSilence: () => void this.#giveUp(mayRenew),
    });
    this.#token.watch();
  }

  get #opened(): string {
    return `${this.token} ${this.shown}`;
  }

  #close(): void {
    this.#opening += 1;
    this.#token.rest();
    this.#frame?.remove();
    this.#frame = null;
    this.#isLoaded = false;
    this.#sent = '';
    this.#fallback.hidden = true;
  }

  /** The frame's address; null, and an event, if something is missing. */
  #address(): URL | null {
    const missing = Object.entries({ server: this.server, operation: this.shown, token: this.token }).flatMap(([name, text]) => (text ? [] : [name]));
    if (missing.length > 0) {
      // If getToken gave none, its own event says why.
      if (missing.join() !== 'token' || !this.getToken) this.#fail('BAD_INPUT', `The element has no ${missing.join(' and no ')}.`);
      return null;
    }
    try {
      const address = new URL(`${this.server.replace(/\/+$/, '')}/embed/${encodeURIComponent(this.shown)}`, document.baseURI);
      const { token, locale } = this;
      address.search = new URLSearchParams({ token, theme: this.#settings.theme, ...(locale && { locale }) }).toString();
      address.hash = 'element';
      return address;
    } catch {
      this.#fail('BAD_INPUT', `server is ${this.server}, expected an address: https://analytics.example.com`);
      return null;
    }
  }

  /** Tries once more with a new token, if the page gives one. */
  async #giveUp(mayRenew: boolean): Promise<void> {
    const opening = this.#opening;
    const token = mayRenew ? await this.#newToken() : null;
    if (opening !== this.#opening || this.#frame?.isReady) return;
    if (token !== null) {
      await this.#open(false);
      return;
    }
    this.#frame?.hide();
    this.#fallback.hidden = false;
    this.#fail('NOT_OPENED', NOT_OPENED);
  }

  #take(message: PanelMessage): void {
    switch (message.type) {
      case 'marquee:ready':
        this.#fallback.hidden = true;
        this.sendSettings();
        break;
      case 'marquee:loaded':
        if (!this.#isLoaded) this.dispatchEvent(new CustomEvent('load'));
        this.#isLoaded = true;
        break;
      case 'marquee:refused':
        void this.#renew();
        break;
      case 'marquee:error':
        this.#fail(message.code, message.message);
        break;
      case 'marquee:select': {
        const { dimension, value } = message;
        this.dispatchEvent(new CustomEvent('select', { bubbles: true, composed: true, detail: { dimension, value } }));
      }
    }
  }

  get #settings(): PanelSettings {
    const { theme } = this;
    return {
      variables: this.settled,
      theme: theme === 'light' || theme === 'dark' ? theme : this.#look.scheme,
      styles: this.#look.styles,
      refresh: this.refresh,
    };
  }

  /** Into the frame that is there, without a reload. */
  async #renew(): Promise<void> {
    const opening = this.#opening;
    const token = await this.#newToken();
    if (opening === this.#opening) this.#give(token);
  }

  #give(token: string | null): void {
    this.#spent = this.#opened;
    this.#frame?.post({ type: 'marquee:token', token });
  }

  /** A new token; null if there is no callback, or it failed, which an event says. */
  async #newToken(): Promise<string | null> {
    try {
      return await this.#token.renew();
    } catch (thrown) {
      this.#fail('NO_TOKEN', `getToken failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      return null;
    }
  }

  #fail(code: string, message: string): void {
    this.dispatchEvent(new CustomEvent('error', { detail: { code, message } }));
  }
}
