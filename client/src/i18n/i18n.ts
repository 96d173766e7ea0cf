/** The language of the texts, and the locale of numbers and dates. English texts stand in the code and are the keys of the
 *  catalogues of other languages; `tests/catalogues.test.ts` holds that none is missing. */

import { stored } from '../storage';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

type Catalogue = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, string | number>>;

const KEY = 'marquee.language';
const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ default: Catalogue }>>> = {
  de: () => import('./de'),
};

let catalogue: Catalogue = {};

const askedLocale: string | null = localeOfEmbed(window.location);
export const language: Language = chosenLanguage();
/** That of the page around an embed, or the browser's own where it is of the chosen language, so that a Briton reads British
 *  dates. */
export const locale: string = askedLocale ?? navigator.languages.find((one) => one.split('-')[0] === language) ?? language;

/** Called once, before the first render. */
export async function loadTexts(): Promise<void> {
  document.documentElement.lang = language;
  if (language === 'en') return;
  try {
    catalogue = (await LOADERS[language]()).default;
  } catch {
    // A page in English is better than none.
    document.documentElement.lang = 'en';
  }
}

/** The text in the reader's language, with `{name}` replaced by its value. One English text of two meanings is two keys: in
 *  `verb|Run`, what stands before the bar tells it apart and is not shown. Call it where the text is drawn: while a module is
 *  evaluated, no texts are loaded yet. */
export function t(text: string, values: Values = {}): string {
  const found = catalogue[text] ?? text.slice(text.indexOf('|') + 1);
  return found.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** All texts of a page are drawn anew in the other language. */
export function chooseLanguage(next: Language): void {
  window.localStorage.setItem(KEY, next);
  window.location.reload();
}

/** The locale in an embed's address, if there are texts in its language. */
export function localeOfEmbed({ pathname, search }: Pick<Location, 'pathname' | 'search'>): string | null {
  const asked = new URLSearchParams(search).get('locale');
  if (asked === null || !/\/embed\/[^/]+\/?$/.test(pathname)) return null;
  try {
    const [found = ''] = Intl.getCanonicalLocales(asked);
    return isLanguage(found.split('-')[0]) ? found : null;
  } catch {
    return null;
  }
}

function isLanguage(name: string | undefined): name is Language {
  return name !== undefined && Object.hasOwn(LANGUAGES, name);
}

function chosenLanguage(): Language {
  const wished = [askedLocale?.split('-')[0], stored(KEY), ...navigator.languages.map((one) => one.split('-')[0])];
  return wished.find((one): one is Language => isLanguage(one ?? undefined)) ?? 'en';
}
