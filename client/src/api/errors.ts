/** What can go wrong between the page and the server: one error class, with the server's code and sentence. */

export class RequestError extends Error {
  /** `code` is the server's `extensions.code`, or UNREACHABLE / UNREADABLE where no answer of the server's arrived. */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'RequestError';
  }

  /** Whether the token, and not the question, was refused. */
  get isUnauthenticated(): boolean {
    return this.code === 'UNAUTHENTICATED';
  }

  /** Whether asking again in a moment may help. */
  get isTransient(): boolean {
    // A question that timed out once would only cost the server the same time again.
    return ['UNREACHABLE', 'OVERLOADED', 'UNAVAILABLE'].includes(this.code);
  }
}

/** Any thrown value as a RequestError, so that panels have one shape to show. */
export function asRequestError(thrown: unknown): RequestError {
  if (thrown instanceof RequestError) return thrown;
  return new RequestError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown));
}
