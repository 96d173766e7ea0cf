/** graphql-eslint's recommended rules for the schema and the published operations. */
import graphql from '@graphql-eslint/eslint-plugin';

const graphQLConfig = { schema: 'schema/schema.graphql', documents: 'client/operations/*.graphql' };
// Parts that are nothing without what they belong to, as pages, payloads and edges are.
const PARTS = [
  ...['AlertDelivery', 'AlertMover', 'AlertTarget', 'BoardPanel', 'ExperimentDifference', 'ExperimentInterval', 'ExperimentShare'],
  ...['ExperimentSpread', 'FieldMask', 'Freshness', 'PageInfo', 'PipelineRunStep', 'RejectedRollup'],
  ...['ScopeLimit', 'Span', 'Timings', 'UserError'],
];

export default [
  { files: ['**/*.graphql'], languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig } }, plugins: { '@graphql-eslint': graphql } },
  { files: ['client/operations/*.graphql'], rules: graphql.configs['flat/operations-recommended'].rules },
  {
    files: ['schema/schema.graphql'],
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { suffixes: ['Payload', 'Connection', 'Edge'], types: PARTS } }],
    },
  },
];
