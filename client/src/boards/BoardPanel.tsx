/** A saved question, asked anew under the page's range, comparison, zone and filters, with the reader's own token. */
import type { ReactNode } from 'react';
import { Panel } from '../components/Panel';
import { ExploreChart } from '../explore/ExploreChart';
import { ExploreTable } from '../explore/ExploreTable';
import { documentOf, readQuestion } from '../explore/question';
import type { ExploreAnswer } from '../explore/rows';
import { useQueryText } from '../hooks/useQueryText';
import { nothingInRange } from '../panels/panelProps';
import { useView } from '../view/useView';
import { type BoardPanel as Saved, filterNote, filterOf } from './board';

interface BoardPanelProps {
  readonly panel: Saved;
  readonly number: number;
  readonly actions?: ReactNode;
}

export function BoardPanel({ panel, number, actions }: BoardPanelProps) {
  const { view, variables } = useView();
  const question = readQuestion(panel.question);
  const where = filterOf(panel.question, variables?.where);
  const asked = variables && { ...variables, ...(where && { where }) };
  const text = documentOf(question, view.compareTo !== null);
  const result = useQueryText<ExploreAnswer>(text, asked);
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
      source={{ path: 'viewing.rows', question: panel.question }}
      {...(isDrawn && { table: (rows: ExploreAnswer['viewing']['rows']) => <ExploreTable question={question} rows={rows} /> })}
    >
      {(rows) => (isDrawn ? <ExploreChart question={question} rows={rows} provenance={result.data?.provenance ?? {}} /> : <ExploreTable question={question} rows={rows} />)}
    </Panel>
  );
}
