/** An element's token, and the page's callback that gives a new one: when it is asked for, and before the token expires. */
import { renewalDelay } from './tokenLife';

export type GetToken = () => string | Promise<string>;

export class RenewedToken {
  callback: GetToken | null = null;
  #current = '';
  #timer = 0;
  #isWatched = false;
  readonly #onDue: () => void;

  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  get current(): string {
    return this.#current;
  }

  /** Whether this is another token. Spaces around it are the page's, not the token's. */
  keep(given: string): boolean {
    const token = given.trim();
    if (token === '' || token === this.#current) return false;
    this.#current = token;
    if (this.#isWatched) this.watch();
    return true;
  }

  /** The callback's token, kept; null without a callback.
   *  Throws what the callback throws, or a TypeError if it gives no text. */
  async renew(): Promise<string | null> {
    if (!this.callback) return null;
    const given: unknown = await this.callback();
    if (typeof given !== 'string' || given.trim() === '') throw new TypeError('it gave no text');
    this.keep(given);
    return this.#current;
  }

  /** Calls `onDue` before the token expires, while there is a callback. */
  watch(): void {
    this.rest();
    this.#isWatched = true;
    const delay = this.callback ? renewalDelay(this.#current, Date.now()) : null;
    if (delay !== null) this.#timer = window.setTimeout(this.#onDue, delay);
  }

  rest(): void {
    this.#isWatched = false;
    window.clearTimeout(this.#timer);
  }
}
