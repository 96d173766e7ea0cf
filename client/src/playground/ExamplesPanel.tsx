/** GraphiQL's pane of examples: by chapter, those that the reader's role may ask. One opens in a tab of its own. */
import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { BookOpen } from 'lucide-react';
import { t } from '../i18n/i18n';
import { chaptersOf, type Example } from './examples';

/** There the pane has the whole page, and gives it back for the example. */
const PHONE = '(max-width: 640px)';

function ExamplesPanel() {
  const actions = useGraphiQLActions();
  const schema = useGraphiQL((state) => state.schema);
  const editors = useGraphiQL((state) => state.queryEditor && state.variableEditor && { query: state.queryEditor, variables: state.variableEditor });

  function open({ query, variables }: Example) {
    actions.addTab();
    editors?.query.setValue(query);
    editors?.variables.setValue(variables);
    if (window.matchMedia(PHONE).matches) actions.setVisiblePlugin(null);
  }

  return (
    <section aria-label={t('Examples')} className="flex flex-col gap-4">
      <h2 className="text-lg font-semibold">{t('Examples')}</h2>
      {schema &&
        chaptersOf(schema).map(({ title, examples }) => (
          <div key={title}>
            <h3 className="mb-1 text-sm font-medium text-muted">{t(title)}</h3>
            <ul>
              {examples.map((one) => (
                <li key={one.name}>
                  <button type="button" className="w-full rounded px-2 py-1 text-left hover:bg-sunken" title={introduction(one)} onClick={() => { open(one); }}>
                    {one.name}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
    </section>
  );
}

/** What an operation says of itself in its first line. */
function introduction({ query }: Example): string | undefined {
  return /^# (.*)/.exec(query)?.[1];
}

function ExamplesIcon() {
  return <BookOpen aria-hidden />;
}

export const EXAMPLES_PANEL: GraphiQLPlugin = { title: t('Examples'), icon: ExamplesIcon, content: ExamplesPanel };
