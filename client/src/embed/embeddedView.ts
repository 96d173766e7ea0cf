/** What an embedded panel is limited to: its zone and filters, of its variables and of its token, in words. */
import { claimsOf } from '../api/tokenClaims';
import { formatValue } from '../format';
import { t } from '../i18n/i18n';
import { dimensionLabel } from '../labels';
import { DIMENSIONS, type DimensionName } from '../model';

type Fields = Readonly<Record<string, unknown>>;

export interface EmbeddedView {
  readonly timeZone: string;
  /** `Country: Germany, Austria`. */
  readonly filters: readonly string[];
}

/** What the token fixes wins, as on the server; its scope limits every answer too. */
export function embeddedView(token: string, given: Fields): EmbeddedView {
  const { scope, embed } = claimsOf(token);
  const variables = { ...given, ...fieldsOf(fieldsOf(embed).variables) };
  const scoped = Object.entries(fieldsOf(scope)).map(([name, values]) => filterText(camelCase(name), { in: values }));
  return {
    timeZone: typeof variables.timeZone === 'string' ? variables.timeZone : 'UTC',
    filters: [...new Set([...scoped, ...filterTexts(variables.where)])],
  };
}

/** The values that a filter names for a dimension. */
export function filteredValues(where: unknown, dimension: string): readonly string[] {
  const { eq, in: several } = fieldsOf(fieldsOf(where)[dimension]);
  return [eq, ...(Array.isArray(several) ? (several as readonly unknown[]) : [])].filter((value) => typeof value === 'string');
}

function filterTexts(where: unknown): readonly string[] {
  return Object.entries(fieldsOf(where)).flatMap(([name, test]) => {
    if (test === null || test === undefined) return [];
    if (name === 'and') return listOf(test).flatMap(filterTexts);
    if (name === 'or') return [listOf(test).map(together).join(` ${t('or')} `)];
    if (name === 'not') return [t('not {filter}', { filter: together(test) })];
    return [filterText(name, fieldsOf(test))];
  });
}

function together(where: unknown): string {
  return filterTexts(where).join(' · ');
}

const SIGNS: Readonly<Record<string, string>> = { ne: '≠ ', notIn: '≠ ', gt: '> ', gte: '≥ ', lt: '< ', lte: '≤ ', eq: '', in: '' };

function filterText(name: string, test: Fields): string {
  const tests = Object.entries(test).filter(([, value]) => value !== null && value !== undefined);
  return `${labelOf(name)}: ${tests.map(([sign, value]) => testText(name, sign, value)).join(', ')}`;
}

function testText(name: string, sign: string, value: unknown): string {
  if (sign === 'isNull') return value === true ? t('is missing') : t('is there');
  const values = (Array.isArray(value) ? (value as readonly unknown[]) : [value])
    .map((one) => (typeof one === 'string' || typeof one === 'number' ? formatValue(name, one) : JSON.stringify(one)))
    .join(', ');
  if (sign === 'contains') return t('contains {values}', { values });
  if (sign === 'startsWith') return t('begins with {values}', { values });
  return `${SIGNS[sign] ?? `${sign} `}${values}`;
}

function labelOf(name: string): string {
  return name in DIMENSIONS ? dimensionLabel(name as DimensionName) : name;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

function camelCase(slug: string): string {
  return slug.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
