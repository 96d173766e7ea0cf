/** GraphiQL shows the query of the first default tab but not its variables: those it takes from its storage. */
import type { Example } from './examples';

const TABS = 'graphiql:tabState';
const VARIABLES = 'graphiql:variables';

/** Does nothing for a reader who has been here before: their own tabs come back. */
export function fillFirstTab(storage: Storage, [first]: readonly Example[]): void {
  if (storage.getItem(TABS) === null && first) storage.setItem(VARIABLES, first.variables);
}
