/** The snippet shows one panel, and nothing in a title or a token gets out of its attribute. */
import { expect, it } from 'vitest';
import { embedSnippet } from '../src/menus/embedSnippet';

it('frames the panel of the operation', () => {
  const holder = document.createElement('div');
  holder.innerHTML = embedSnippet('https://a.example/m', 'DailyTrends', 'a.b.c', 'Views "by" <day> & more');
  const frame = holder.querySelector('iframe');
  expect(frame?.getAttribute('src')).toBe('https://a.example/m/embed/DailyTrends?token=a.b.c');
  expect(frame?.title).toBe('Views "by" <day> & more');
  expect(holder.children).toHaveLength(1);
});
