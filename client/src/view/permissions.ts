/** What the asker may do beyond looking, as far as pages depend on it. */
import type { ViewerQuery } from '../generated/operations';

type Viewer = ViewerQuery['viewer'];

/** Runs are about everybody's rows: a token with a row scope may neither start nor see them. */
export function mayRunPipeline(viewer: Viewer | undefined): boolean {
  return mayAskOfEverybody(viewer, 'runPipeline');
}

/** Whether a root field that only answers about everybody's rows would answer. */
export function mayAskOfEverybody(viewer: Viewer | undefined, field: string): boolean {
  return viewer !== undefined && viewer.permissions.includes(field) && viewer.scope.length === 0;
}
