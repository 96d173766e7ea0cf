/** Every text of the code is in every catalogue, with the same values in it; and no catalogue has texts that nobody shows. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import de from '../src/i18n/de';
import { DIMENSIONS, MEASURES } from '../src/model';

/** Texts that reach `t` in a variable. */
const INDIRECT = [
  'up', 'down', 'unchanged or unknown:', 'Viewer', 'Analyst', 'Admin', 'Ingest', 'Unknown', 'Buffering', 'Hour', 'Hours', 'Age', 'Plan',
  'Better than the simple rule', 'Not better than the simple rule', 'No rule to beat', 'row', 'rows', 'week', 'weeks', 'month', 'months', 'step', 'steps', 'Night', 'Morning', 'Afternoon', 'Evening',
];

function textsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('generated'))
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/\bt\(\s*'((?:[^'\\]|\\.)+)'/g)].map(([, text]) => text ?? ''));
}

const labels = [...Object.values(MEASURES), ...Object.values(DIMENSIONS)].map(({ label }) => label);
const shown = new Set([...textsOf('src'), ...INDIRECT, ...labels]);

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
