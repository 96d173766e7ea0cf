/** The map of the world: src/generated/world.json, one SVG path for each country by its ISO 3166 alpha-2 code, from Natural Earth. */
import { createRequire } from 'node:module';
import { mkdirSync, writeFileSync } from 'node:fs';
import { geoNaturalEarth1, geoPath } from 'd3-geo';
import iso from 'iso-3166-1';
import { feature } from 'topojson-client';

const WIDTH = 960;
const HEIGHT = 470;
// Natural Earth leaves these without a number.
const BY_NAME = { Kosovo: 'XK', Somaliland: 'SO', 'N. Cyprus': 'CY' };

const atlas = createRequire(import.meta.url)('world-atlas/countries-110m.json');
const target = new URL('../src/generated/world.json', import.meta.url);
const countries = feature(atlas, atlas.objects.countries).features.filter(({ properties }) => properties.name !== 'Antarctica');
const projection = geoNaturalEarth1().fitSize([WIDTH, HEIGHT], { type: 'FeatureCollection', features: countries });
const path = geoPath(projection).digits(1);

const paths = {};
for (const country of countries) {
  const code = BY_NAME[country.properties.name] ?? iso.whereNumeric(country.id)?.alpha2;
  if (!code) throw new Error(`No ISO code for ${country.properties.name}.`);
  paths[code] = (paths[code] ?? '') + path(country);
}
mkdirSync(new URL('.', target), { recursive: true });
writeFileSync(target, JSON.stringify({ width: WIDTH, height: HEIGHT, paths }));
