/** What a frame and the element around it take from each other: known shapes alone, and no style that could load anything. */
import { describe, expect, it } from 'vitest';
import { readPanelMessage } from '../src/elements/messagesFromFrame';
import { parentOrigin } from '../src/embed/HostPage';
import { readHostMessage, readStyles } from '../src/embed/messagesFromHost';
import { applyHostStyles } from '../src/embed/hostStyles';

const SETTINGS = { variables: { timeZone: 'UTC' }, theme: 'dark', styles: { accent: 'rgb(1, 2, 3)' }, refresh: 60 };

function settings(change: object): unknown {
  return { type: 'marquee:settings', settings: { ...SETTINGS, ...change } };
}

describe('a frame', () => {
  it('takes settings, and tokens', () => {
    expect(readHostMessage(settings({}))).toEqual({ type: 'marquee:settings', settings: SETTINGS });
    expect(readHostMessage({ type: 'marquee:token', token: 'a.b.c' })).toEqual({ type: 'marquee:token', token: 'a.b.c' });
    expect(readHostMessage({ type: 'marquee:token', token: null })).toEqual({ type: 'marquee:token', token: null });
  });

  it('keeps nothing that it does not know', () => {
    expect(readHostMessage({ ...(settings({ more: 1 }) as object), other: 2 })).toEqual({ type: 'marquee:settings', settings: SETTINGS });
  });

  const loop: Record<string, unknown> = {};
  loop.loop = loop;
  it.each([
    null,
    undefined,
    'marquee:settings',
    7,
    [],
    {},
    { type: 'marquee:ready' },
    { type: 'webpackOk' },
    { type: 'marquee:token' },
    { type: 'marquee:token', token: '' },
    { type: 'marquee:token', token: 7 },
    { type: 'marquee:token', token: 'a b' },
    { type: 'marquee:token', token: 'a\nb' },
    { type: 'marquee:token', token: 'a'.repeat(8_193) },
    { type: 'marquee:settings' },
    { type: 'marquee:settings', settings: [] },
    settings({ theme: 'auto' }),
    settings({ theme: 'dark"' }),
    settings({ refresh: -1 }),
    settings({ refresh: Number.NaN }),
    settings({ refresh: '60' }),
    settings({ variables: null }),
    settings({ variables: ['timeZone'] }),
    settings({ variables: 'timeZone=UTC' }),
    settings({ variables: { 'a b': 1 } }),
    settings({ variables: { format: 'csv' } }),
    settings({ variables: { raw: true } }),
    settings({ variables: { where: 'x'.repeat(8_192) } }),
    settings({ variables: loop }),
    settings({ styles: null }),
    settings({ styles: 'accent: red' }),
  ])('hears nothing in %j', (message: unknown) => {
    expect(readHostMessage(message)).toBeNull();
  });

  it.each([
    'red',
    'transparent',
    '#abc',
    '#aabbccdd',
    'rgb(1, 2, 3)',
    'rgba(1 2 3 / 50%)',
    'hsl(120deg 100% 50%)',
    'oklch(0.7 0.1 200)',
    'color(display-p3 1 0 0)',
  ])('takes the colour %s', (accent) => {
    expect(readStyles({ accent })).toEqual({ accent });
  });

  it.each([
    'url(https://evil.example/x.png)',
    'URL(x)',
    'image-set("x.png" 1x)',
    'var(--secret)',
    'rgb(1, 2, 3); background: url(x)',
    'rgb(url(x))',
    'rgb(1, 2, 3) url(x)',
    'color-mix(in srgb, url(x), red)',
    'r\\65d(1)',
    'red}',
    'red/**/',
    '',
    `#${'a'.repeat(300)}`,
    7,
    null,
    { toString: () => 'red' },
  ])('leaves the colour %j out', (accent: unknown) => {
    expect(readStyles({ accent, text: 'black' })).toEqual({ text: 'black' });
  });

  it.each(['Georgia', 'Georgia, serif', '"Source Sans 3", sans-serif', "'Noto Serif', \"Segoe UI\", Größe"])('takes the font %s', (font) => {
    expect(readStyles({ font })).toEqual({ font });
  });

  it.each(['url(x)', 'Georgia; color: red', 'Georgia, url(x)', '"Georgia', 'Georgia,', 'a\\62', '@import', 'a{}'])('leaves the font %j out', (font) => {
    expect(readStyles({ font })).toEqual({});
  });

  it('leaves names out that it does not know', () => {
    expect(readStyles({ content: 'red', '--page': 'red', constructor: 'red' })).toEqual({});
  });

  it('sets its palette, and takes its own again', () => {
    const element = document.createElement('div');
    applyHostStyles({ accent: 'rgb(1, 2, 3)', font: 'Georgia' }, element);
    expect(element.style.getPropertyValue('--accent')).toBe('rgb(1, 2, 3)');
    expect(element.style.getPropertyValue('--bar')).toBe('color-mix(in srgb, rgb(1, 2, 3) 16%, var(--surface))');
    expect(element.style.fontFamily).toBe('Georgia');
    applyHostStyles({}, element);
    expect(element.style.getPropertyValue('--accent')).toBe('');
    expect(element.style.fontFamily).toBe('');
  });

  it.each([
    [['https://a.example', 'https://b.example'], '', 'https://a.example'],
    [undefined, 'https://a.example/page?x=1', 'https://a.example'],
    [[], 'https://a.example/', 'https://a.example'],
    [['null'], 'https://a.example/', '*'],
    [undefined, '', '*'],
  ])('speaks to the site that browsers name: %j, %j', (ancestors, referrer, origin) => {
    expect(parentOrigin(ancestors, referrer)).toBe(origin);
  });
});

describe('an element', () => {
  it.each([
    { type: 'marquee:ready' },
    { type: 'marquee:loaded' },
    { type: 'marquee:refused' },
    { type: 'marquee:height', height: 321 },
    { type: 'marquee:error', code: 'FORBIDDEN', message: 'No.' },
    { type: 'marquee:select', dimension: 'country', value: 'DE' },
  ])('takes %j, and nothing beside it', (message) => {
    expect(readPanelMessage({ ...message, other: 1 })).toEqual(message);
  });

  it.each([
    null,
    'marquee:ready',
    [],
    {},
    { type: 'marquee:settings' },
    { type: 'marquee:token', token: 'x' },
    { type: 'marquee:height' },
    { type: 'marquee:height', height: '300px' },
    { type: 'marquee:height', height: -1 },
    { type: 'marquee:height', height: Number.NaN },
    { type: 'marquee:height', height: 1e9 },
    { type: 'marquee:error', code: 'X' },
    { type: 'marquee:error', code: 1, message: 'x' },
    { type: 'marquee:select', dimension: 'country', value: null },
  ])('hears nothing in %j', (message: unknown) => {
    expect(readPanelMessage(message)).toBeNull();
  });
});
