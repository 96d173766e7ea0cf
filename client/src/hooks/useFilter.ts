/** The page's filter by one dimension, for panels whose rows can be pressed. */
import type { FilterChoice } from '../panels/panelProps';
import { useView } from '../view/useView';
import { type FilterName, toggled } from '../view/view';

export function useFilter(): (name: FilterName) => FilterChoice {
  const { view, change } = useView();
  return (name) => ({
    active: view.filters[name] ?? [],
    onToggle: (value) => {
      change({ filters: toggled(view.filters, name, value) });
    },
  });
}
