/**
 * What the npm package `@marquee/client` is made of: packages/client/src/generated/, with the operations as plain objects,
 * so that a bundler keeps the used ones only, and the names and rows of questions in parameters.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildASTSchema, getNamedType, isObjectType } from 'graphql';

const ROOTS = ['viewing', 'rating'];
/** What scalars are in a row; enums and other scalars are texts. */
const CELLS = { Boolean: 'boolean', Float: 'number', Int: 'number', Long: 'number' };

/** Writes the modules; `documents` are the published operations with their text, `config` that of the dashboard's types. */
export async function writePackage(folder, schema, documents, config) {
  mkdirSync(folder, { recursive: true });
  const types = await codegen({
    filename: 'operations.ts',
    schema,
    documents: documents.map(({ name, document }) => ({ location: name, document })),
    config,
    plugins: [{ typescript: { onlyOperationTypes: true } }, { typescriptOperations: {} }],
    pluginMap: { typescript, typescriptOperations },
  });
  write(new URL('operations.ts', folder), `import type { Operation } from '../operation.js';\n${types}\n${documents.map(operation).join('\n')}`);
  write(new URL('questions.ts', folder), questions(buildASTSchema(schema, { assumeValid: true })));
}

/** Leaves a file alone that says so already: another build may be reading it. */
function write(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

function operation({ name, text, document }) {
  const kind = document.definitions[0].operation;
  const named = `${name}${kind[0].toUpperCase()}${kind.slice(1)}`;
  const sha256 = createHash('sha256').update(text).digest('hex');
  const comment = text.split('\n').filter((line) => line.startsWith('#')).map((line) => line.slice(1).trim()).join(' ');
  return [
    ...(comment ? [`/** ${comment.replaceAll('*/', '*\\/')} */`] : []),
    `export const ${name}: Operation<${named}, ${named}Variables, '${kind}'> = { name: '${name}', kind: '${kind}', sha256: '${sha256}', text: ${JSON.stringify(text)} };`,
    '',
  ].join('\n');
}

function questions(schema) {
  const parts = ROOTS.map((root) => {
    const rows = getNamedType(schema.getQueryType().getFields()[root].type).getFields().rows;
    const argument = (name) => getNamedType(rows.args.find((one) => one.name === name).type);
    const fields = Object.values(getNamedType(rows.type).getFields());
    const tested = argument('having').getFields();
    const measures = fields.filter(({ name }) => name in tested);
    const by = argument('by').getValues().map(({ name }) => camel(name));
    const dimensions = fields.filter(({ name }) => by.includes(name));
    const grains = by.filter((name) => !fields.some((field) => field.name === name) && name !== 'attribute');
    const title = root[0].toUpperCase() + root.slice(1);
    return [
      `export interface ${title}Measures {\n${measures.map(cell).join('')}}`,
      `export interface ${title}Dimensions {\n${dimensions.map(cell).join('')}}`,
      `export type ${title}Grain = ${grains.map((name) => `'${name}'`).join(' | ')};`,
    ].join('\n');
  });
  return `/** Measures and dimensions of questions in parameters. Written by scripts/packageTypes.mjs. */\n${parts.join('\n')}\n`;
}

function cell({ name, type, description }) {
  const kind = getNamedType(type);
  const text = isObjectType(kind) ? '{ readonly sourceId: string; readonly title: string | null }' : (CELLS[kind.name] ?? 'string');
  return `  /** ${description ?? ''} */\n  readonly ${name}: ${text}${String(type).endsWith('!') ? '' : ' | null'};\n`;
}

function camel(name) {
  return name.toLowerCase().replaceAll(/_(.)/g, (_, letter) => letter.toUpperCase());
}
