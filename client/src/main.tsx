/** Entry point of the dashboard's pages: `/`, `/users`, `/users/{id}`, `/pipeline`. */
import './styles.css';
import { App } from './App';
import { mount } from './mount';
import { SessionProvider } from './session/SessionProvider';
import { applyTheme } from './theme/theme';

applyTheme();
mount(
  <SessionProvider>
    <App />
  </SessionProvider>,
);
