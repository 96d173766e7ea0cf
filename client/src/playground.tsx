/** Entry point of the playground, `/playground`. */
import './styles.css';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './playground/playground.css';
import { mount } from './mount';
import { FIRST_EXAMPLE } from './playground/examples';
import { fillFirstTab } from './playground/firstTabVariables';
import { Playground } from './playground/Playground';
import { SessionProvider } from './session/SessionProvider';
import { applyTheme } from './theme/theme';

applyTheme();
fillFirstTab(window.localStorage, FIRST_EXAMPLE);
mount(
  <SessionProvider>
    <Playground />
  </SessionProvider>,
);
