/** For a page in a browser: asks by the client, and by a hook in a React tree; gives the rows, or the code of the refusal. */
import { createClient, MarqueeError } from '@marquee/client';
import { MarqueeProvider, useViewing } from '@marquee/react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';

function told(error) {
  if (error instanceof MarqueeError) return error.code;
  throw error;
}

function Rows({ question, resolve }) {
  const { data, error } = useViewing(question);
  useEffect(() => {
    if (error) resolve(told(error));
    else if (data) resolve(data);
  }, [data, error, resolve]);
  return null;
}

globalThis.byClient = ({ token, question }) => createClient({ url: location.origin, token }).viewing(question).catch(told);

globalThis.byHook = async ({ token, question }) => {
  const root = createRoot(document.createElement('div'));
  const answer = await new Promise((resolve) => {
    const client = createClient({ url: location.origin, token });
    const rows = createElement(Rows, { question, resolve });
    root.render(createElement(QueryClientProvider, { client: new QueryClient() }, createElement(MarqueeProvider, { client }, rows)));
  });
  root.unmount();
  return answer;
};
