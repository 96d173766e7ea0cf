/** The palette: text can be read, and series stay apart, for eyes that see fewer colours too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/styles.css', 'utf8');
const THEMES = ['light', 'dark'] as const;
type Rgb = readonly [number, number, number];

function colour(name: string, theme: (typeof THEMES)[number]): Rgb {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  const hex = found?.[theme === 'light' ? 1 : 2];
  if (!hex) throw new Error(`styles.css has no --${name}.`);
  return [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255)) as unknown as Rgb;
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

/** WCAG 2.2's relative luminance and contrast. */
function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB. */
const SIGHTS: Readonly<Record<string, readonly Rgb[]>> = {
  full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

function seen(rgb: Rgb, sight: string): Rgb {
  return (SIGHTS[sight] ?? []).map((row) => Math.min(Math.max(row.reduce((sum, part, index) => sum + part * (rgb[index] ?? 0), 0), 0), 1)) as unknown as Rgb;
}

/** Oklab, in which a distance of 0.02 is just noticeable. */
function oklab([red, green, blue]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(one: Rgb, other: Rgb): number {
  const [a, b] = [oklab(one), oklab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

describe.each(THEMES)('in the %s theme', (theme) => {
  it.each([
    ['ink', 'surface'], ['muted', 'surface'], ['muted', 'page'], ['muted', 'raised'], ['accent', 'surface'], ['accent', 'accent-soft'],
    ['on-accent', 'accent'], ['good', 'surface'], ['bad', 'surface'], ['bad', 'bad-soft'], ['gold', 'surface'], ['gold', 'gold-soft'], ['ink', 'bar'],
    ['heat-ink-low', 'heat-3'], ['heat-ink-high', 'heat-4'], ['heat-ink-high', 'heat-6'],
  ])('%s on %s can be read', (text, ground) => {
    expect(contrast(colour(text, theme), colour(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each([1, 2, 3, 4, 5, 6])('series %s stands out from the surface', (series) => {
    expect(contrast(colour(`series-${series}`, theme), colour('surface', theme))).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.keys(SIGHTS))('the first five series stay apart with %s sight', (sight) => {
    const series = [1, 2, 3, 4, 5].map((one) => seen(colour(`series-${one}`, theme), sight));
    const distances = series.flatMap((one, index) => series.slice(index + 1).map((other) => distance(one, other)));
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(0.1);
  });

  it('each step of heat is stronger than the one before', () => {
    const contrasts = [1, 2, 3, 4, 5, 6].map((step) => contrast(colour(`heat-${step}`, theme), colour('surface', theme)));
    expect(contrasts).toEqual(contrasts.toSorted((one, other) => one - other));
  });
});
