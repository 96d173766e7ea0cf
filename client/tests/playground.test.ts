import { readFileSync } from 'node:fs';
import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { CHAPTERS, chaptersOf } from '../src/playground/examples';
import { operationNameOf } from '../src/playground/operationName';
import { addressOf, questionOf } from '../src/playground/sharedQuestion';

const SCHEMA = buildSchema(readFileSync('../schema/schema.graphql', 'utf8'));

test('every example is valid, and variables are those that it declares', () => {
  for (const { query, variables, name } of CHAPTERS.flatMap(({ examples }) => examples)) {
    expect(validate(SCHEMA, parse(query)), name).toEqual([]);
    const declared = getOperationAST(parse(query))?.variableDefinitions ?? [];
    const names = declared.map(({ variable }) => variable.name.value);
    expect(names, name).toEqual(expect.arrayContaining(Object.keys(JSON.parse(variables) as object)));
  }
  expect(chaptersOf(SCHEMA)).toEqual(CHAPTERS);
});

test('a role is shown what its schema has, and no chapter without an example', () => {
  const part = buildSchema('type Query { genres(range: TimeRange, timeZone: TimeZone!, where: ViewingFilter): [Genre] } ' +
    'type Genre { id: ID! genre: String views: Int viewers: Int watchHours: Float completionRate: Float averageRating: Float } ' +
    'input TimeRange { last: String } scalar TimeZone input ViewingFilter { country: String }');
  expect(chaptersOf(part).map(({ title, examples }) => [title, examples.map(({ name }) => name)])).toEqual([['Overview', ['Genres']]]);
});

test('a question in an address is read as it was', () => {
  const question = { query: '{ viewing(where: {title: "a & b #1 + ü"}) { rows { views } } }\n', variables: '{"x": "?=%"}' };
  const address = addressOf({ origin: 'https://a.example' }, question);
  expect(questionOf(new URL(address))).toEqual(question);
  expect(address).not.toContain('#');
  expect(questionOf(new URL(addressOf({ origin: 'https://a.example' }, { query: '{ a }', variables: ' ' })))).toEqual({ query: '{ a }' });
  expect(questionOf(new URL('https://a.example/playground'))).toBeNull();
});

test('what is published is the one operation of the editor, by its name', () => {
  expect(operationNameOf('# Views.\nquery A { a ...B } fragment B on Query { b }')).toBe('A');
  expect(operationNameOf('subscription S { a }')).toBe('S');
  for (const document of ['', '{ a }', 'query A { a } query B { a }', 'query A { a', 'fragment B on Query { b }']) {
    expect(operationNameOf(document), document).toBeNull();
  }
});
