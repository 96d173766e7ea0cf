/** The React component sets the element's properties once each, hears its events, and loads the script once. */
import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { MarqueePanel } from '../packages/react/src/MarqueePanel';

type Given = Record<'token' | 'getToken' | 'variables', unknown>;

beforeAll(() => {
  // happy-dom loads no scripts, and would say so each time.
  const { happyDOM } = window as unknown as { readonly happyDOM: { readonly settings: { handleDisabledFileLoadingAsSuccess: boolean } } };
  happyDOM.settings.handleDisabledFileLoadingAsSuccess = true;
});
afterEach(() => {
  cleanup();
  document.head.replaceChildren();
});

function panelOf(container: HTMLElement): HTMLElement & Given {
  const element = container.querySelector<HTMLElement & Given>('marquee-panel');
  if (!element) throw new Error('There is no panel.');
  return element;
}

it('passes attributes and properties', () => {
  const { container } = render(
    <MarqueePanel server="https://a.example/" operation="Devices" token="a.b.c" variables={{ timeZone: 'UTC' }} theme="dark" refresh={0} className="wide">
      Away
    </MarqueePanel>,
  );
  const element = panelOf(container);
  expect(Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))).toEqual({
    server: 'https://a.example/',
    operation: 'Devices',
    theme: 'dark',
    refresh: '0',
    class: 'wide',
  });
  expect([element.token, element.getToken, element.variables, element.textContent]).toEqual(['a.b.c', null, { timeZone: 'UTC' }, 'Away']);
});

it('keeps one callback, which calls the newest', () => {
  const page = (token: string) => <MarqueePanel server="https://a.example" operation="Devices" getToken={() => token} />;
  const { container, rerender } = render(page('first'));
  const { getToken } = panelOf(container);
  rerender(page('second'));
  expect(panelOf(container).getToken).toBe(getToken);
  expect((getToken as () => unknown)()).toBe('second');
});

it('keeps variables that are equal', () => {
  const page = () => <MarqueePanel server="https://a.example" operation="Devices" variables={{ timeZone: 'UTC' }} />;
  const { container, rerender } = render(page());
  const { variables } = panelOf(container);
  rerender(page());
  expect(panelOf(container).variables).toBe(variables);
});

it('hears events', () => {
  const heard = vi.fn();
  const { container } = render(
    <MarqueePanel server="https://a.example" operation="Devices" onLoad={() => { heard('load'); }} onError={heard} onSelect={heard} />,
  );
  const element = panelOf(container);
  element.dispatchEvent(new CustomEvent('load'));
  element.dispatchEvent(new CustomEvent('error', { detail: { code: 'FORBIDDEN', message: 'No.' } }));
  element.dispatchEvent(new CustomEvent('select', { detail: { dimension: 'device', value: 'tv' } }));
  // Of a field for text, say: nothing was pressed in the panel.
  element.dispatchEvent(new Event('select'));
  expect(heard.mock.calls).toEqual([['load'], [{ code: 'FORBIDDEN', message: 'No.' }], [{ dimension: 'device', value: 'tv' }]]);
});

it('loads the script of the server once for all panels', () => {
  const panel = <MarqueePanel server="https://a.example/marquee/" operation="Devices" />;
  render(<>{panel}{panel}</>);
  const scripts = [...document.head.querySelectorAll('script')].map(({ src, type }) => [src, type]);
  expect(scripts).toEqual([['https://a.example/marquee/elements.js', 'module']]);
});
