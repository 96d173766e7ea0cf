/** Who is signed in, and which pages their role and row scope open. */
import { ViewerDocument, type ViewerQuery } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';

export type Viewer = ViewerQuery['viewer'];

/** Undefined until the server has answered. */
export function useViewer(): Viewer | undefined {
  return useOperation(ViewerDocument, {}).data?.data.viewer;
}

/** Pipeline runs touch everybody's rows: a token with a row scope may neither start nor see them. */
export function mayRunPipeline(viewer: Viewer | undefined): boolean {
  return mayQueryAllRows(viewer, 'runPipeline');
}

/** Whether this viewer may load files: a token is made that sends the rows. */
export function mayLoadFiles(viewer: Viewer | undefined): viewer is Viewer {
  return mayQueryAllRows(viewer, 'createToken');
}

/** Whether this viewer may query a root field that is open only to tokens without a row scope. */
export function mayQueryAllRows(viewer: Viewer | undefined, field: string): boolean {
  return viewer !== undefined && viewer.permissions.includes(field) && viewer.scope.length === 0;
}
