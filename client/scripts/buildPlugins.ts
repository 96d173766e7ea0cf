/** Two steps of the build: the font that every page needs is asked for at once, and each asset gets compressed copies. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
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

/** Writes `.br` and `.gz` beside every asset, for the server to send as they are. */
export function compressed(): Plugin {
  return {
    name: 'marquee:compressed',
    apply: 'build',
    writeBundle({ dir }) {
      const folder = join(dir ?? 'dist', 'assets');
      for (const name of readdirSync(folder).filter((one) => COMPRESSED.test(one))) {
        const path = join(folder, name);
        const content = readFileSync(path);
        if (content.length < SMALLEST_BYTES) continue;
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}
