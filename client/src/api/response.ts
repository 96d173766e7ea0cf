/** Reads the API's response, `{data, errors, extensions}`, from /graphql or /api/{operation}. */
import { RequestError } from './errors';
import { type FieldError, withRefusals } from './fieldErrors';
import { t } from '../i18n/i18n';

/** What `extensions.marquee` says about the data behind a response. Instants are ISO 8601. */
export interface Provenance {
  readonly dataThrough?: string | null;
  readonly loadedAt?: string | null;
  readonly paths?: Readonly<Record<string, PathProvenance>>;
  /** Of the results of Spark jobs that the response is made of. */
  readonly results?: readonly ResultAge[];
}

/** All null before the job has run, and for a token that is limited to some rows. */
export interface ResultAge {
  readonly path: string;
  readonly job: string;
  readonly computedAt: string | null;
  readonly dataThrough: string | null;
  readonly isStale: boolean | null;
}

/** A range of instants, its end excluded. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

export interface PathProvenance {
  readonly range?: Span | null;
  /** With `compareTo`: the range of `previous` and `change`. */
  readonly comparedWith?: Span | null;
  /** Whether rows outside of the ranges count too. */
  readonly unbounded?: boolean;
  readonly source?: readonly string[] | null;
}

export interface ApiResponse<TData> {
  readonly data: TData;
  readonly provenance: Provenance;
}

interface Body<TData> {
  readonly data?: TData | null;
  readonly errors?: readonly FieldError[];
  readonly extensions?: { readonly marquee?: Provenance };
}

/** Throws a RequestError with the first error's code and message, or one for a response without data. */
export async function readResponse<TData>(response: Response): Promise<ApiResponse<TData>> {
  const body = await readBody<TData>(response);
  return responseOf(response, body, null);
}

/** The same, but fields that were refused beside others throw their own errors when they are read. */
export async function readParts<TData extends object>(response: Response): Promise<ApiResponse<TData>> {
  const body = await readBody<TData>(response);
  const parts = body.errors && body.data ? withRefusals(body.data, body.errors) : null;
  return responseOf(response, body, parts);
}

function responseOf<TData>(response: Response, body: Body<TData>, parts: TData | null): ApiResponse<TData> {
  const [error] = body.errors ?? [];
  if (error && parts) return { data: parts, provenance: body.extensions?.marquee ?? {} };
  if (error) throw new RequestError(error.extensions?.code ?? codeOf(response.status), error.message);
  if (!body.data) throw new RequestError(codeOf(response.status), t('The server answered with status {status} and no data.', { status: response.status }));
  return { data: body.data, provenance: body.extensions?.marquee ?? {} };
}

async function readBody<TData>(response: Response): Promise<Body<TData>> {
  try {
    return (await response.json()) as Body<TData>;
  } catch {
    throw new RequestError(
      codeOf(response.status),
      t('The server answered with status {status} and a body that is not JSON. A proxy on the way may have answered instead.', { status: response.status }),
    );
  }
}

function codeOf(status: number): string {
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED';
    case 403:
      return 'FORBIDDEN';
    case 429:
    case 503:
      return 'OVERLOADED';
    case 502:
      return 'UNAVAILABLE';
    case 504:
      return 'TIMEOUT';
    default:
      return status >= 500 ? 'INTERNAL' : 'UNREADABLE';
  }
}
