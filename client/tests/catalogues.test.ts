/** Every text that readers see goes through `t`, and is in every catalogue with the same values in it; no catalogue has texts that nobody shows. */
import { expect, it } from 'vitest';
import de from '../src/i18n/de';
import { DIMENSIONS, MEASURES } from '../src/model';
import { textsOf, textsOfFolder } from './sourceTexts';

/** Texts that reach `t` in a variable. */
const INDIRECT = [
  'up', 'down', 'unchanged or unknown:', 'Viewer', 'Analyst', 'Admin', 'Ingest', 'Unknown', 'Buffering', 'Hour', 'Hours', 'Age', 'Plan',
  'row', 'rows', 'week', 'weeks', 'month', 'months', 'step', 'steps',
];

const source = textsOfFolder('src');
const model = [...Object.values(MEASURES), ...Object.values(DIMENSIONS)].map(({ label }) => label);
const descriptions = Object.values(MEASURES).map(({ description }) => description);
const shown = new Set([...source.keys, ...INDIRECT, ...model, ...descriptions]);

function valuesIn(text: string): string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([value]) => value).sort();
}

it('German has every text', () => {
  expect([...shown].filter((text) => !(text in de))).toEqual([]);
});

it('German has no text that nobody shows', () => {
  expect(Object.keys(de).filter((text) => !shown.has(text))).toEqual([]);
});

it('a translation has the values of its text', () => {
  expect(Object.entries(de).filter(([text, translated]) => valuesIn(text).join() !== valuesIn(translated).join())).toEqual([]);
});

it('no text is shown without being translated', () => {
  expect(source.untranslated).toEqual([]);
});

it('no text is translated before the catalogue is loaded', () => {
  expect(source.early.filter((place) => !place.startsWith("playground/"))).toEqual([]);
});

it.each([
  ['<p>Films</p>', 'Films'],
  ['<p>{n} films</p>', 'films'],
  ['<p>{found ? `${n} found` : t("none")}</p>', 'found'],
  ['<Panel title="Runs" />', 'Runs'],
  ['<Panel note={by && `Started by ${by}`} />', 'Started by'],
  ['<Panel empty={<b>None yet</b>} />', 'None yet'],
  ['const LOOKS = { pass: { label: "Pass" } };', 'Pass'],
  ['function nameOf() { return all ? "Everybody" : name; }', 'Everybody'],
  ['throw new RequestError("TIMEOUT", "too late");', 'too late'],
  ['const hint = "Only one run at a time.";', 'Only one run at a time.'],
])('what is shown is found: %s', (code, text) => {
  expect(textsOf('Page.tsx', code).untranslated).toEqual([`Page.tsx:1 ${text}`]);
});

it.each([
  '<p title={t("Runs")}>{t("{n} films", { n })}</p>',
  '<code>marquee ingest load films films.csv</code>',
  '<p className="flex Wide items">GraphQL</p>',
  'const sort = by === "Views" ? "views" : other;',
  'throw new Error("The page has no element.");',
])('what is no text is left alone: %s', (code) => {
  expect(textsOf('Page.tsx', code).untranslated).toEqual([]);
});

it('keys are found where one of several is chosen, and a call while the module is evaluated', () => {
  const { keys, early } = textsOf('Page.tsx', "const label = t(isOpen ? 'Open' : 'Closed');\nconst later = () => t('Later', { by: t('Now') });");
  expect([keys, early]).toEqual([['Open', 'Closed', 'Later', 'Now'], ['Page.tsx:1 Open,Closed']]);
});
