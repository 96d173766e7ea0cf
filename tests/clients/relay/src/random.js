/**
 * Asks each pair of random questions of one store, twice, and compares what Relay shows with answers without a cache.
 * Prints the differences as JSON, one a line, and the number of pairs.
 *
 * Usage: node random.js URL TOKEN
 */
import { DOCUMENTS } from './pairs.js';
import { difference, environment, shown, uncached } from './server.js';

for (let place = 0; place < DOCUMENTS.length; place += 2) {
  const pair = DOCUMENTS.slice(place, place + 2);
  const from = environment();
  for (const query of [...pair, ...pair]) {
    const found = await shown(from, query);
    const odd = difference(found, await uncached(query, {}, found));
    if (odd) console.log(JSON.stringify({ query: query.params.text, ...odd }));
  }
}
console.log(JSON.stringify({ pairs: DOCUMENTS.length / 2 }));
