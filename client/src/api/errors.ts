/** The one error class for failed requests, with the server's code and message. */

export class RequestError extends Error {
  /** `code` is the server's `extensions.code`, or UNREACHABLE / UNREADABLE if no valid response arrived. */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'RequestError';
  }

  /** Whether the token was refused, rather than the operation. */
  get isUnauthenticated(): boolean {
    return this.code === 'UNAUTHENTICATED';
  }

  /** Whether a retry may help. */
  get isTransient(): boolean {
    // TIMEOUT is not among them: a query that timed out would cost the server as much again.
    return ['UNREACHABLE', 'OVERLOADED', 'UNAVAILABLE'].includes(this.code);
  }
}

/** Wraps any thrown value in a RequestError. */
export function asRequestError(thrown: unknown): RequestError {
  if (thrown instanceof RequestError) return thrown;
  return new RequestError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown));
}
