/** A saved question, asked anew under the page's range, comparison, zone and filters, with the reader's own token. */
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ExploreAnswer } from '../explore/rows';
import type { OperationResult } from '../hooks/useOperation';
import { useSession } from '../session/useSession';
import { useView } from '../view/useView';
import type { BoardPanel as Saved } from './board';
import { getBoardAnswer } from './boardAnswer';
import { SavedQuestionPanel } from './SavedQuestionPanel';

interface BoardPanelProps {
  readonly boardId: string;
  readonly panel: Saved;
  readonly number: number;
  readonly actions?: ReactNode;
}

export function BoardPanel({ boardId, panel, number, actions }: BoardPanelProps) {
  return <SavedQuestionPanel panel={panel} number={number} result={useBoardAnswer(boardId, panel.question)} actions={actions} hasSource />;
}

function useBoardAnswer(boardId: string, question: string): OperationResult<ExploreAnswer> {
  const { token } = useSession();
  const { variables } = useView();
  return useQuery({
    queryKey: ['Board', boardId, question, variables],
    queryFn: variables === null ? skipToken : ({ signal }) => getBoardAnswer<ExploreAnswer>(token, boardId, question, variables, signal),
    placeholderData: keepPreviousData,
  });
}
