/** Which fields of a type are masked for the viewer's role. */
import type { MaskStrategy, ViewerQuery } from '../generated/operations';

export type Masks = ReadonlyMap<string, MaskStrategy>;

export function masksOf(type: string, viewer: ViewerQuery['viewer'] | undefined): Masks {
  const masks = viewer?.masks.filter((mask) => mask.type === type) ?? [];
  return new Map(masks.map(({ field, strategy }) => [field, strategy]));
}
