/** The entry of the playground, `/playground`. */
import './styles.css';
import 'graphiql/style.css';
import './playground/playground.css';
import { mount } from './mount';
import { Playground } from './playground/Playground';
import { SessionProvider } from './session/SessionProvider';
import { applyTheme } from './theme/theme';

applyTheme();
mount(
  <SessionProvider>
    <Playground />
  </SessionProvider>,
);
