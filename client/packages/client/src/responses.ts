/** Reads responses: data, or the error that they tell of. */
import { MarqueeError } from './errors.js';

export interface Body {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const CODES: Readonly<Record<number, string>> = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 429: 'OVERLOADED', 502: 'UNAVAILABLE', 503: 'UNAVAILABLE' };

/** The data of a JSON response. Throws a MarqueeError. */
export async function readData(response: Response): Promise<unknown> {
  return dataOf(await readBody(response), response);
}

/** The data of a parsed body or event. Throws a MarqueeError if anything in it failed. */
export function dataOf({ data, errors }: Body, response: Response): unknown {
  const [error] = errors ?? [];
  if (error) throw new MarqueeError(error.extensions?.code ?? codeOf(response), error.message, retryAfterS(response));
  if (!data) throw new MarqueeError(codeOf(response), `The server answered with status ${response.status} and no data.`);
  return data;
}

async function readBody(response: Response): Promise<Body> {
  try {
    return (await response.json()) as Body;
  } catch (cause) {
    const message = `The server answered with status ${response.status} and a body that is not JSON. A proxy on the way may have answered instead.`;
    throw new MarqueeError(codeOf(response), message, retryAfterS(response), { cause });
  }
}

function codeOf({ status }: Response): string {
  return CODES[status] ?? 'UNREADABLE';
}

/** Seconds, or an instant, of `Retry-After`; null without one. */
export function retryAfterS({ headers }: Response): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  if (/^\d+$/.test(text)) return Number(text);
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : Math.max((instant - Date.now()) / 1000, 0);
}
