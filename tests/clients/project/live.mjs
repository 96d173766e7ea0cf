/** A React page with a live hook and one that is not, in happy-dom; prints what they show, and again after a change. */
import { createClient } from '@marquee/client';
import { Window } from 'happy-dom';

const [url, token] = process.argv.slice(2);
const window = new Window();
Object.assign(globalThis, { window, document: window.document });
Object.defineProperty(globalThis, 'navigator', { value: window.navigator, configurable: true });

const { createElement } = await import('react');
const { createRoot } = await import('react-dom/client');
const { QueryClient, QueryClientProvider } = await import('@tanstack/react-query');
const { MarqueeProvider, useViewing } = await import('@marquee/react');

function Views({ live }) {
  const { data } = useViewing({ measures: ['views'] }, { live });
  return createElement('p', null, data?.[0]?.views ?? 'asking');
}

const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
const root = createRoot(document.body.appendChild(document.createElement('div')));
const page = [createElement(Views, { key: 1, live: true }), createElement(Views, { key: 2, live: false })];
root.render(createElement(QueryClientProvider, { client: queries }, createElement(MarqueeProvider, { client: createClient({ url, token }) }, page)));

let shown = '';
for (let tries = 0; tries < 1200; tries += 1) {
  const now = [...document.querySelectorAll('p')].map(({ textContent }) => textContent).join(' ');
  if (now && !now.includes('asking') && now !== shown) {
    console.log(now);
    if (shown) break;
    shown = now;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
}
root.unmount();
process.exit(shown ? 0 : 1);
