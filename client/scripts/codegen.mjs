/**
 * Typed documents: src/generated/operations.ts from schema/schema.graphql and operations/*.graphql. Each carries the id under
 * which the server knows its file, so that it need not be sent.
 *
 * This calls the generator's core instead of its command line, which would bring some two hundred more packages (loaders
 * for schemas behind URLs, in archives, in Git) to read one folder.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { Kind, parse, visit } from 'graphql';
import { writePackage } from './packageTypes.mjs';

const root = new URL('..', import.meta.url);
const schemaFile = new URL('../schema/schema.graphql', root);
const operationsFolder = new URL('operations/', root);
const target = new URL('src/generated/operations.ts', root);

const documents = readdirSync(operationsFolder)
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => ({ name, text: readFileSync(new URL(name, operationsFolder), 'utf8') }))
  .map(({ name, text }) => ({ name, text, document: parse(text), documentId: `sha256:${createHash('sha256').update(text).digest('hex')}` }));
const documentIds = new Map(documents.map(({ name, documentId }) => [name, documentId]));

for (const { name, document } of documents) {
  const operations = document.definitions.filter(({ kind }) => kind === 'OperationDefinition');
  if (operations.length !== 1 || `${operations[0].name?.value}.graphql` !== name) {
    throw new Error(`operations/${name} must hold one operation, named like the file: that name is its published address.`);
  }
}

// A field that is null only beside an error is never null to these pages: reading a refused field throws its error.
const schema = visit(parse(readFileSync(schemaFile, 'utf8')), {
  FieldDefinition: (field) =>
    field.directives.some(({ name }) => name.value === 'semanticNonNull') ? { ...field, type: { kind: Kind.NON_NULL_TYPE, type: field.type } } : undefined,
});

const config = {
  useTypeImports: true,
  skipTypename: true,
  enumsAsTypes: true,
  strictScalars: true,
  immutableTypes: true,
  avoidOptionals: { field: true, inputValue: false },
  scalars: { Date: 'string', DateTime: 'string', Duration: 'string', JSON: 'unknown', Long: 'number', Moment: 'string', TimeZone: 'string' },
};

const generated = await codegen({
  filename: target.pathname,
  schema,
  documents: documents.map(({ name, document }) => ({ location: `operations/${name}`, document })),
  config: {
    ...config,
    documentMode: 'string',
    unstable_onExecutableDocumentNode: ({ definitions }) => ({ documentId: documentIds.get(`${definitions[0].name.value}.graphql`) }),
  },
  plugins: [{ typescript: { onlyOperationTypes: true } }, { typescriptOperations: {} }, { typedDocumentNode: {} }],
  pluginMap: { typescript, typescriptOperations, typedDocumentNode },
});

writeDocuments(generated);

const published = documents.map(({ name, text, document }) => ({ name: name.replace('.graphql', ''), text, document }));
await writePackage(new URL('packages/client/src/generated/', root), schema, published, config);

/**
 * The types in one file, the documents in one each, so that a page loads the ids of its own. Their texts stay on the server:
 * pages send the id alone.
 */
function writeDocuments(text) {
  const folder = new URL('documents/', target);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [types, rest] = text.split('export class TypedDocumentString');
  const [base, ...found] = rest.split(/^export const (?=\w+Document = )/m);
  const imported = types.split('\n').find((line) => line.includes('DocumentTypeDecoration'));
  writeFileSync(new URL('TypedDocumentString.ts', folder), `${imported}\n\nexport class TypedDocumentString${base}`);
  const names = found.map((one) => {
    const [name] = one.split(' ', 1);
    const short = one.replace(/new TypedDocumentString\(`[^`]*`/, '/* @__PURE__ */ new TypedDocumentString(``');
    const used = short.match(/TypedDocumentString<(\w+), (\w+)>/);
    const imports = `import type { ${used[1]}, ${used[2]} } from '../operations';\nimport { TypedDocumentString } from './TypedDocumentString';\n\n`;
    writeFileSync(new URL(`${name}.ts`, folder), `${imports}export const ${short.trim()}\n`);
    return name;
  });
  const exported = ['TypedDocumentString', ...names].map((name) => `export { ${name} } from './documents/${name}';`);
  writeFileSync(target, `${types.replace(`${imported}\n`, '')}${exported.join('\n')}\n`);
}
