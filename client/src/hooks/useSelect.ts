/** In an embedded panel: tells the page around it that a row or bar was pressed. Null where nobody listens. */
import { createContext, use } from 'react';

export type Select = (dimension: string, value: string) => void;

export const SelectContext = createContext<Select | null>(null);

export function useSelect(): Select | null {
  return use(SelectContext);
}
