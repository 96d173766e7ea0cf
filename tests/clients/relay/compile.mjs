/** Puts each module of `src`, whose documents relay-compiler has read, through Relay's Babel plugin, into `built`. */
import { transformFileSync } from '@babel/core';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const plugins = [['relay', { eagerEsModules: true }]];
mkdirSync('built/__generated__', { recursive: true });
for (const name of readdirSync('src').filter((one) => one.endsWith('.js'))) {
  write(name, transformFileSync(`src/${name}`, { babelrc: false, configFile: false, plugins }).code);
}
for (const name of readdirSync('src/__generated__')) write(`__generated__/${name}`, readFileSync(`src/__generated__/${name}`, 'utf8'));

/** Node wants the whole names of modules, which bundlers complete. */
function write(name, code) {
  writeFileSync(`built/${name}`, code.replaceAll(/(from |import )(['"].*\.graphql)(['"])/g, '$1$2.js$3'));
}
