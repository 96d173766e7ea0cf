/** What a board shows of a saved question: its answer as the chart that was saved, or as a table. */
import type { ReactNode } from 'react';
import { Panel } from '../components/Panel';
import { ExploreChart } from '../explore/ExploreChart';
import { ExploreTable } from '../explore/ExploreTable';
import { readQuestion } from '../explore/question';
import type { ExploreAnswer } from '../explore/rows';
import type { OperationResult } from '../hooks/useOperation';
import type { Select } from '../hooks/useSelect';
import { nothingInRange } from '../panels/panelProps';
import { type BoardPanel as Saved, filterNote } from './board';

interface SavedQuestionPanelProps {
  readonly panel: Saved;
  readonly number: number;
  readonly result: OperationResult<ExploreAnswer>;
  readonly actions?: ReactNode;
  /** Whether its document can be shown: where the reader asks with a token of their own. */
  readonly hasSource?: boolean;
  /** Hears which bar was pressed. */
  readonly onChoose?: Select | undefined;
}

export function SavedQuestionPanel({ panel, number, result, actions, hasSource = false, onChoose }: SavedQuestionPanelProps) {
  const question = readQuestion(panel.question);
  const isDrawn = question.by.length > 0 && question.chart !== 'table';
  return (
    <Panel
      testId={`panel-${number}`}
      title={panel.title}
      note={filterNote(panel.question)}
      result={result}
      select={({ viewing }) => viewing.rows}
      empty={nothingInRange()}
      actions={actions}
      {...(hasSource && { source: { path: 'viewing.rows', question: panel.question } })}
      {...(isDrawn && { table: (rows: ExploreAnswer['viewing']['rows']) => <ExploreTable question={question} rows={rows} /> })}
    >
      {(rows) =>
        isDrawn ? (
          <ExploreChart question={question} rows={rows} provenance={result.data?.provenance ?? {}} onChoose={onChoose} />
        ) : (
          <ExploreTable question={question} rows={rows} />
        )
      }
    </Panel>
  );
}
