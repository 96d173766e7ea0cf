/** Reads what the element around a frame says. A message of another shape is null, and nothing of it is used. */
import type { HostMessage, PanelSettings, StyleName, Styles } from '../elements/frameProtocol';

const MOST_TOKEN = 8_192;
const MOST_VARIABLES = 8_192;
const MOST_STYLE = 200;
/** Parameters of `/api/{operation}` that are not variables. */
const NOT_VARIABLES = ['format', 'raw'];
const VARIABLE = /^[A-Za-z_]\w*$/;
// Neither has parentheses inside of parentheses, so there is no url() and no var().
const COLOUR = /^(?:[a-z]+|#[\da-f]{3,8}|(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([-+\w\s.,%/]*\))$/i;
const FONT = String.raw`(?:[\p{L}\d _-]+|"[\p{L}\d _-]+"|'[\p{L}\d _-]+')`;
const FONTS = new RegExp(String.raw`^${FONT}(?:\s*,\s*${FONT})*$`, 'u');

const READERS: Readonly<Record<StyleName, RegExp>> = {
  accent: COLOUR,
  background: COLOUR,
  text: COLOUR,
  muted: COLOUR,
  line: COLOUR,
  font: FONTS,
};

export function readHostMessage(data: unknown): HostMessage | null {
  if (!isRecord(data)) return null;
  if (data.type === 'marquee:token') return isToken(data.token) ? { type: data.type, token: data.token } : null;
  if (data.type !== 'marquee:settings') return null;
  const settings = readSettings(data.settings);
  return settings && { type: data.type, settings };
}

function isToken(token: unknown): token is string | null {
  return token === null || (typeof token === 'string' && token !== '' && token.length <= MOST_TOKEN && !/\s/.test(token));
}

function readSettings(given: unknown): PanelSettings | null {
  if (!isRecord(given) || !isVariables(given.variables) || !isRecord(given.styles)) return null;
  const { theme, refresh } = given;
  if (theme !== 'light' && theme !== 'dark') return null;
  if (typeof refresh !== 'number' || !(refresh >= 0)) return null;
  return { variables: given.variables, theme, styles: readStyles(given.styles), refresh };
}

function isVariables(given: unknown): given is Readonly<Record<string, unknown>> {
  if (!isRecord(given) || Object.keys(given).some((name) => !VARIABLE.test(name) || NOT_VARIABLES.includes(name))) return false;
  try {
    return JSON.stringify(given).length <= MOST_VARIABLES;
  } catch {
    // It refers to itself, or holds what JSON has no words for.
    return false;
  }
}

/** Each by itself: a value that is neither a colour nor names of fonts is left out. */
export function readStyles(given: Readonly<Record<string, unknown>>): Styles {
  const known = Object.entries(READERS).flatMap(([name, reader]) => {
    const text = given[name];
    return typeof text === 'string' && text.length <= MOST_STYLE && reader.test(text) ? [[name, text] as const] : [];
  });
  return Object.fromEntries(known);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
