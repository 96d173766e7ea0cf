/** Steps of the build: the font that every page needs is asked for at once, a script for other sites stands alone, and each
 *  asset gets compressed copies. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSED = /\.(css|js|json|svg)$/;
/** Below this a compressed copy saves less than a packet. */
const SMALLEST_BYTES = 1_000;

/** Lets the browser fetch a font beside the style sheet that names it, instead of after it. */
export function preloadedFont(name: string): Plugin {
  return {
    name: 'marquee:preloaded-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const file = Object.keys(bundle ?? {}).find((path) => path.includes(name) && path.endsWith('.woff2'));
        if (!file) return [];
        return [{ tag: 'link', injectTo: 'head', attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `./${file}`, crossorigin: true } }];
      },
    },
  };
}

/** A script that pages of other sites load, as a module or not: it imports nothing, and leaves no names behind. */
export function standingAlone(name: string): Plugin {
  return {
    name: 'marquee:standing-alone',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk' || chunk.name !== name) continue;
        const linked = [...chunk.imports, ...chunk.dynamicImports, ...chunk.exports];
        if (linked.length > 0) this.error(`${chunk.fileName} must stand alone, but imports or exports ${linked.join(', ')}.`);
        chunk.code = `(() => {${chunk.code.trimEnd()}\n})();\n`;
      }
    },
  };
}

/** Writes `.br` and `.gz` beside every asset, for the server to send as they are. */
export function compressed(): Plugin {
  return {
    name: 'marquee:compressed',
    apply: 'build',
    // Files side by side, on the threads of zlib: the playground's editor alone is megabytes.
    async writeBundle({ dir }) {
      const folders = [dir ?? 'dist', join(dir ?? 'dist', 'assets')];
      const paths = await Promise.all(folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))));
      await Promise.all(paths.flat().filter((path) => COMPRESSED.test(path)).map(writeCompressed));
    },
  };
}

async function writeCompressed(path: string): Promise<void> {
  const content = await readFile(path);
  if (content.length < SMALLEST_BYTES) return;
  const [brotli, gzipped] = await Promise.all([
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    promisify(gzip)(content, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${path}.br`, brotli), writeFile(`${path}.gz`, gzipped)]);
}
