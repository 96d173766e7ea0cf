/** Entry point of the dashboard's pages. */
import './styles.css';
import { App } from './App';
import { loadTexts } from './i18n/i18n';
import { mount } from './mount';
import { SessionProvider } from './session/SessionProvider';
import { applyTheme } from './theme/theme';

applyTheme();
await loadTexts();
mount(
  <SessionProvider>
    <App />
  </SessionProvider>,
);
