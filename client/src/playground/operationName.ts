/** The name of a document's one operation; null if it has none, several, or can't be read. */
import { Kind, type OperationDefinitionNode, parse } from 'graphql';

export function operationNameOf(document: string): string | null {
  try {
    const operations = parse(document).definitions.filter((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 ? (operations[0]?.name?.value ?? null) : null;
  } catch {
    return null;
  }
}
