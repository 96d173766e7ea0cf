/** The token of an embed. The page around the frame may put another in its place; requests that were refused wait for it. */
import { asRequestError } from '../api/errors';

/** How long a page may take to get a new token. */
const PATIENCE_MS = 30_000;

export class EmbedToken {
  #token: string;
  readonly #onRefused: (() => void) | null;
  #renewal: { readonly promise: Promise<boolean>; readonly end: (isNew: boolean) => void } | null = null;
  readonly #listeners = new Set<() => void>();

  /** `onRefused` asks the page for a new one; null if there is nobody to ask. */
  constructor(token: string, onRefused: (() => void) | null) {
    this.#token = token;
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

  /** Asks with the token, and once more with a new one if it is refused: what is shown stays until then. */
  async ask<T>(request: (token: string) => Promise<T>): Promise<T> {
    const token = this.#token;
    try {
      return await request(token);
    } catch (thrown) {
      if (!this.#onRefused || !asRequestError(thrown).isUnauthenticated) throw thrown;
      // Another may have come meanwhile.
      if (token === this.#token && !(await this.#renewed(this.#onRefused))) throw thrown;
      return request(this.#token);
    }
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
