/** A saved question, asked anew under the page's range, comparison, zone and filters, with the reader's own token. */
import type { ReactNode } from 'react';
import { documentOf, readQuestion } from '../explore/question';
import type { ExploreAnswer } from '../explore/rows';
import { useQueryText } from '../hooks/useQueryText';
import { useView } from '../view/useView';
import { type BoardPanel as Saved, filterOf } from './board';
import { SavedQuestionPanel } from './SavedQuestionPanel';

interface BoardPanelProps {
  readonly panel: Saved;
  readonly number: number;
  readonly actions?: ReactNode;
}

export function BoardPanel({ panel, number, actions }: BoardPanelProps) {
  const { view, variables } = useView();
  const where = filterOf(panel.question, variables?.where);
  const asked = variables && { ...variables, ...(where && { where }) };
  const result = useQueryText<ExploreAnswer>(documentOf(readQuestion(panel.question), view.compareTo !== null), asked);
  return <SavedQuestionPanel panel={panel} number={number} result={result} actions={actions} hasSource />;
}
