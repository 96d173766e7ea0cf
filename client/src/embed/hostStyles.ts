/** Lets a panel look like the page around it: some of the palette's colours, and the font. */
import type { Styles } from '../elements/frameProtocol';

/** The palette's variables that each colour sets. `{}` is the colour. */
const PALETTE = {
  accent: {
    '--accent': '{}',
    '--series-1': '{}',
    '--bar': 'color-mix(in srgb, {} 16%, var(--surface))',
    '--accent-soft': 'color-mix(in srgb, {} 16%, var(--surface))',
  },
  background: { '--page': '{}', '--surface': '{}', '--raised': 'color-mix(in srgb, var(--ink) 6%, {})' },
  text: { '--ink': '{}' },
  muted: { '--muted': '{}' },
  line: { '--line': '{}' },
} as const satisfies Readonly<Record<Exclude<keyof Styles, 'font'>, Readonly<Record<string, string>>>>;

/** Colours and names that were not set take the panel's own. */
export function applyHostStyles({ font, ...colours }: Styles, { style }: HTMLElement = document.documentElement): void {
  for (const [name, variables] of Object.entries(PALETTE)) {
    const colour = colours[name as keyof typeof PALETTE];
    for (const [variable, form] of Object.entries(variables)) {
      if (colour === undefined) style.removeProperty(variable);
      else style.setProperty(variable, form.replace('{}', colour));
    }
  }
  style.fontFamily = font ?? '';
}
