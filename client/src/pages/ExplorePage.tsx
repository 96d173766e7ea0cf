/** Any question about viewing: measures by dimensions, drawn, as a table, and as the request behind it. */
import { ViewTitle } from '../components/PageTitle';
import { Panel } from '../components/Panel';
import { ViewNote } from '../components/ViewNote';
import { Behind } from '../explore/Behind';
import { ExploreChart } from '../explore/ExploreChart';
import { ExploreTable } from '../explore/ExploreTable';
import { documentOf, readQuestion, writeQuestion } from '../explore/question';
import { QuestionBar } from '../explore/QuestionBar';
import type { ExploreAnswer } from '../explore/rows';
import { useText } from '../hooks/useText';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { nothingInRange } from '../panels/panelProps';
import { useNavigate, useSearch } from '../view/router';
import { useView } from '../view/useView';

export function ExplorePage() {
  const { view, variables } = useView();
  const search = useSearch();
  const navigate = useNavigate();
  const question = readQuestion(search);
  const text = documentOf(question, view.compareTo !== null);
  const result = useText<ExploreAnswer>(text, variables);
  const answer = result.data?.data.viewing;
  return (
    <>
      <ViewTitle title={t('Explore')} note={<ViewNote provenance={result.data?.provenance} path="viewing.rows" timeZone={view.timeZone} />} />
      <QuestionBar question={question} onChange={(next) => { navigate(`/explore${writeQuestion(next, search)}`); }} />
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
      <Behind text={text} variables={variables ?? {}} plan={answer?.plan} />
    </>
  );
}
