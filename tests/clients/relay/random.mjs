/**
 * Writes `src/pairs.js`: random pairs of questions as documents of Relay.
 *
 * Usage: node random.mjs SEED PAIRS
 */
import { writeFileSync } from 'node:fs';
import { Questions, chance } from './questions.mjs';

const [seed, pairs] = process.argv.slice(2).map(Number);
const questions = new Questions(chance(seed));
const documents = Array.from({ length: 2 * pairs }, (_, place) => `graphql\`query pairs${place}Query ${questions.document()}\`,`);
writeFileSync('src/pairs.js', `import { graphql } from 'relay-runtime';\n\nexport const DOCUMENTS = [\n${documents.join('\n')}\n];\n`);
