/** The one error of failed requests, with the server's code and sentence. */

export class MarqueeError extends Error {
  /** `code` is the server's, or UNREACHABLE or UNREADABLE where it sent none; `retryAfterS` is when it asks to be asked again. */
  constructor(
    readonly code: string,
    message: string,
    readonly retryAfterS: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'MarqueeError';
  }

  /** Whether a retry may help. TIMEOUT is not among them: the question would cost the server as much again. */
  get isTransient(): boolean {
    return this.retryAfterS !== null || ['UNREACHABLE', 'OVERLOADED', 'UNAVAILABLE'].includes(this.code);
  }
}

/** What fetch throws of a network is UNREACHABLE; an abort stays what it is. */
export function asError(thrown: unknown, signal: AbortSignal | undefined): MarqueeError {
  signal?.throwIfAborted();
  if (thrown instanceof MarqueeError) return thrown;
  return new MarqueeError('UNREACHABLE', `The server can't be reached: ${thrown instanceof Error ? thrown.message : String(thrown)}`, null, { cause: thrown });
}
