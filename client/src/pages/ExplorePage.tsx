/** Any question about viewing: measures by dimensions, drawn, as a table, and as the request behind it. */
import { LayoutDashboard } from 'lucide-react';
import { savedQuestion } from '../boards/board';
import { SaveToBoard } from '../boards/SaveToBoard';
import { ViewTitle } from '../components/PageTitle';
import { Panel } from '../components/Panel';
import { ViewNote } from '../components/ViewNote';
import { QuestionSource } from '../explore/QuestionSource';
import { ExploreChart } from '../explore/ExploreChart';
import { ExploreTable } from '../explore/ExploreTable';
import { documentOf, type Question, readQuestion, writeQuestion } from '../explore/question';
import { groupLabel, QuestionBar } from '../explore/QuestionBar';
import type { ExploreAnswer } from '../explore/rows';
import { useQueryText } from '../hooks/useQueryText';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { Popover } from '../menus/Popover';
import { nothingInRange } from '../panels/panelProps';
import { useNavigate, useSearch } from '../view/router';
import { useView } from '../view/useView';

export function ExplorePage() {
  const { view, variables } = useView();
  const search = useSearch();
  const navigate = useNavigate();
  const question = readQuestion(search);
  const text = documentOf(question, view.compareTo !== null);
  const result = useQueryText<ExploreAnswer>(text, variables);
  const answer = result.data?.data.viewing;
  return (
    <>
      <ViewTitle title={t('Explore')} note={<ViewNote provenance={result.data?.provenance} path="viewing.rows" timeZone={view.timeZone} />} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <QuestionBar question={question} onChange={(next) => { navigate(`/explore${writeQuestion(next, search)}`); }} />
        <Popover label={t('Save to a board')} align="end" button={<><LayoutDashboard className="size-4 text-muted" aria-hidden />{t('Save to a board')}</>}>
          {() => <SaveToBoard title={titleOf(question)} question={savedQuestion(search)} />}
        </Popover>
      </div>
      <Panel
        testId="panel-explore"
        title={question.measures.map(measureLabel).join(', ')}
        result={result}
        select={({ viewing }) => viewing.rows}
        empty={nothingInRange()}
      >
        {(rows) => (
          <>
            <ExploreChart question={question} rows={rows} provenance={result.data?.provenance ?? {}} />
            <ExploreTable question={question} rows={rows} />
          </>
        )}
      </Panel>
      <QuestionSource text={text} variables={variables ?? {}} plan={answer?.plan} />
    </>
  );
}

/** What a board calls the question: `Views × Day × Genre`. */
function titleOf({ measures, by }: Question): string {
  return [measures.map(measureLabel).join(', '), ...by.map(groupLabel)].join(' × ').slice(0, 120);
}
