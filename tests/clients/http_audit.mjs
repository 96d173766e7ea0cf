/** The audit of GraphQL over HTTP by its working group: a line for each check that does not end well. */
import { auditServer } from 'graphql-http';

const [url, token] = process.argv.slice(2);
const withToken = (address, options) => fetch(address, { ...options, headers: { ...options?.headers, authorization: `Bearer ${token}` } });
const results = await auditServer({ url, fetchFn: withToken });
for (const { id, name, status, reason } of results.filter((result) => result.status !== 'ok')) {
  console.log(JSON.stringify({ id, name, status, reason }));
}
console.log(JSON.stringify({ checks: results.length }));
