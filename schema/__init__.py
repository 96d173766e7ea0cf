"""The GraphQL schema: types, inputs, enums, scalars, directives and the policy. No SQL, no HTTP."""
