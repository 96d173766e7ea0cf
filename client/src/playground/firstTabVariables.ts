/** Fills in the variables of the first tab: GraphiQL takes them from its storage, not from the default tabs. */
import type { Example } from './examples';

const TABS = 'graphiql:tabState';
const VARIABLES = 'graphiql:variables';

/** Does nothing for returning visitors, whose own tabs are restored. */
export function fillFirstTab(storage: Storage, first: Example): void {
  if (storage.getItem(TABS) === null) storage.setItem(VARIABLES, first.variables);
}
