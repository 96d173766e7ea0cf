/** What `/openapi.json` says of each address below `/api`: its parameters, and a value of each that runs. */
import { readResponse } from '../api/response';
import { headersFor, send } from '../api/transport';
import { PREFIX } from '../prefix';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | null)[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly default?: unknown;
}

interface Parameter {
  readonly name: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema?: Schema;
  readonly content?: { readonly 'application/json'?: { readonly schema?: Schema } };
}

interface Specification {
  readonly paths: Readonly<Record<string, { readonly get: { readonly summary?: string; readonly parameters?: readonly Parameter[] } }>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface RestParameter {
  readonly name: string;
  readonly isRequired: boolean;
  readonly description: string;
  /** The values that it can have, where they are few. */
  readonly options: readonly string[];
  /** What is filled in; empty where the server's own default will do. */
  readonly example: string;
  /** How it is written. */
  readonly hint: string;
}

export interface RestOperation {
  readonly name: string;
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly RestParameter[];
}

/** Examples of inputs, by name: what most operations take. */
const EXAMPLES: Readonly<Record<string, string>> = { range: '{"last": "P7D"}', last: 'P7D', by: 'day' };
const HINTS: Readonly<Record<string, string>> = { ...EXAMPLES, where: '{"country": {"eq": "DE"}}', timeZone: 'Europe/Berlin', compareTo: 'PREVIOUS_PERIOD' };
export async function getSpecification(token: string, signal?: AbortSignal): Promise<readonly RestOperation[]> {
  const response = await send(`${PREFIX}/openapi.json`, { headers: headersFor(token), signal });
  if (!response.ok) await readResponse(response);
  return readSpecification((await response.json()) as Specification);
}

/** Questions in parameters first, then operations by name. */
export function readSpecification({ paths, components }: Specification): readonly RestOperation[] {
  const found = Object.entries(paths).map(([path, { get }]) => {
    const given = get.parameters ?? [];
    const hasLast = given.some(({ name }) => name === 'last');
    return {
      name: path.slice(path.lastIndexOf('/') + 1),
      path,
      summary: get.summary ?? '',
      parameters: given.map((one) => read(one, components?.schemas ?? {}, hasLast)),
    };
  });
  const isQuestion = ({ name }: RestOperation) => name === 'viewing' || name === 'rating';
  return found.toSorted((one, other) => Number(isQuestion(other)) - Number(isQuestion(one)) || (one.name < other.name ? -1 : 1));
}

function read(one: Parameter, schemas: Readonly<Record<string, Schema>>, hasLast: boolean): RestParameter {
  const { name, required: isRequired = false } = one;
  const options = valuesOf(one.schema ?? one.content?.['application/json']?.schema, schemas);
  const own = one.example ?? (isRequired ? (options[0] ?? (one.schema?.type === 'string' ? '1' : undefined)) : undefined);
  const isOther = options.length > 0 || (hasLast ? name === 'range' : name !== 'range');
  const usual = isOther ? '' : (EXAMPLES[name] ?? '');
  const hint = one.example ?? one.schema?.default ?? HINTS[name] ?? '';
  return { name, isRequired, description: one.description ?? '', options, example: text(own ?? usual), hint: text(hint) };
}

function valuesOf(schema: Schema | undefined, schemas: Readonly<Record<string, Schema>>): readonly string[] {
  if (!schema) return [];
  if (schema.$ref) return valuesOf(schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)], schemas);
  if (schema.enum) return schema.enum.filter((value) => value !== null);
  if (schema.type === 'boolean') return ['false', 'true'];
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((inner) => valuesOf(inner, schemas));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The address of a call, without what was left empty. */
export function callAddress(path: string, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''));
  return `${path}${query.size > 0 ? `?${query}` : ''}`;
}

/** The same call for a terminal. */
export function curlCommand(origin: string, address: string): string {
  return `curl '${origin}${address.replaceAll("'", '%27')}' -H "Authorization: Bearer $TOKEN"`;
}
