/** The token of an embed, and the session that it is exchanged for. The page around the frame may put another token in its
 *  place; requests that were refused wait for it. */
import { asRequestError } from '../api/errors';

/** How long a page may take to get a new token. */
const PATIENCE_MS = 30_000;

type Exchange = (token: string) => Promise<string>;

export class EmbedToken {
  #token: string;
  readonly #exchange: Exchange;
  /** A token is exchanged once, for all that ask. */
  #session: { readonly of: string; readonly promise: Promise<string> } | null = null;
  readonly #onRefused: (() => void) | null;
  #renewal: { readonly promise: Promise<boolean>; readonly end: (isNew: boolean) => void } | null = null;
  readonly #listeners = new Set<() => void>();

  /** `onRefused` asks the page for a new one; null if there is nobody to ask. */
  constructor(token: string, onRefused: (() => void) | null, exchange: Exchange) {
    this.#token = token;
    this.#exchange = exchange;
    this.#onRefused = onRefused;
  }

  readonly current = (): string => this.#token;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  };

  /** Takes the page's answer; null if it has no other. Whether a new token came that no request waited for. */
  take(token: string | null): boolean {
    const isNew = token !== null && token !== this.#token;
    const wasAwaited = this.#renewal !== null;
    if (isNew) {
      this.#token = token;
      for (const listener of this.#listeners) listener();
    }
    this.#renewal?.end(isNew);
    return isNew && !wasAwaited;
  }

  /** Asks with the token's session, and once more with a new one if it is refused: what is shown stays until then. */
  async ask<T>(request: (session: string) => Promise<T>): Promise<T> {
    const token = this.#token;
    try {
      return await request(await this.#sessionOf(token));
    } catch (thrown) {
      if (!this.#onRefused || !asRequestError(thrown).isUnauthenticated) throw thrown;
      // Another may have come meanwhile.
      if (token === this.#token && !(await this.#renewed(this.#onRefused))) throw thrown;
      return request(await this.#sessionOf(this.#token));
    }
  }

  #sessionOf(token: string): Promise<string> {
    if (this.#session?.of !== token) {
      const promise = this.#exchange(token);
      this.#session = { of: token, promise };
      // What failed may be tried again: the server may have been away.
      promise.catch(() => { if (this.#session?.promise === promise) this.#session = null; });
    }
    return this.#session.promise;
  }

  #renewed(askPage: () => void): Promise<boolean> {
    if (this.#renewal) return this.#renewal.promise;
    let end: (isNew: boolean) => void = () => undefined;
    const promise = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => { end(false); }, PATIENCE_MS);
      end = (isNew) => {
        clearTimeout(timer);
        this.#renewal = null;
        resolve(isNew);
      };
    });
    this.#renewal = { promise, end };
    askPage();
    return promise;
  }
}
