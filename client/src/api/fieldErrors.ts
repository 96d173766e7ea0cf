/** Fields that a response refused beside others that it answered: reading one throws its error, so that only its panel shows it. */
import { RequestError } from './errors';

export interface FieldError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
}

/** Data with refused fields has this prototype: copying it would read them. */
const WITH_REFUSALS = Object.create(Object.prototype) as object;

/** Whether some fields of the data throw. */
export function hasRefusals(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Object.getPrototypeOf(data) === WITH_REFUSALS;
}

/** Makes every refused field of the data throw a RequestError when it is read. Null if nothing else was answered. */
export function withRefusals<TData extends object>(data: TData, errors: readonly FieldError[]): TData | null {
  for (const error of errors) refuse(data, error);
  if (!Object.keys(data).some((name) => answers(data, name))) return null;
  return Object.setPrototypeOf(data, WITH_REFUSALS) as TData;
}

/** What `read` gives, or the error of the refused field that it read. */
export function readField<T>(read: () => T): T | RequestError {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof RequestError) return thrown;
    throw thrown;
  }
}

/** The field at the error's path is null, or one that holds it is. */
function refuse(data: object, { path = [], message, extensions }: FieldError): void {
  let holder = data as Record<string | number, unknown>;
  for (const [place, name] of path.entries()) {
    const inner = Object.getOwnPropertyDescriptor(holder, name)?.value as unknown;
    if (inner === null || place === path.length - 1) {
      Object.defineProperty(holder, name, {
        enumerable: true,
        get: () => {
          throw new RequestError(extensions?.code ?? 'INTERNAL', message);
        },
      });
      return;
    }
    if (typeof inner !== 'object') return;
    holder = inner as Record<string | number, unknown>;
  }
}

/** An id alone is no answer. */
function answers(data: object, name: string): boolean {
  const value = Object.getOwnPropertyDescriptor(data, name)?.value as unknown;
  if (value === null || value === undefined) return false;
  if (typeof value !== 'object' || Array.isArray(value)) return true;
  return Object.keys(value).some((inner) => inner !== 'id' && answers(value, inner));
}
