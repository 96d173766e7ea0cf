/** Three pages and the script of the web components from one build. In development, API requests go to a running `marquee serve`. */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { compressed, preloadedFont, standingAlone } from './scripts/buildPlugins.ts';

const server = process.env.MARQUEE_DEV_SERVER ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react(), tailwindcss(), preloadedFont('inter-latin-wght-normal'), standingAlone('elements'), compressed()],
  // Assets find each other wherever they are served from; the server writes the path of its own into the pages.
  base: './',
  build: {
    // The pages' Content-Security-Policy allows neither inline nor data: scripts, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // GraphiQL's editor is one big chunk that only the playground loads.
    chunkSizeWarningLimit: 2000,
    target: 'es2022',
    rolldownOptions: {
      // A page that needs one document imports it from the list of all.
      treeshake: { moduleSideEffects: [{ test: /src\/generated\//, sideEffects: false }] },
      input: ['index.html', 'playground.html', 'embed.html', 'src/elements/elements.ts'],
      // Few files on the first page: what all pages share is one, and what changes rarely another.
      output: {
        // Other sites name this file in their pages.
        entryFileNames: ({ name }) => (name === 'elements' ? '[name].js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(react-query|query-core))\//, priority: 2 },
            // Small files that the dashboard's first page needs: a chunk of its own would cost each more than it holds.
            { name: 'first', test: /client\/src\/(view\/pages|generated\/documents\/(Alerts|DataQuality|Devices)Document)\.|lucide-react\/dist\/esm\/icons\/(clapperboard|database|flask-conical|search|square-terminal)\./, priority: 3, includeDependenciesRecursively: false },
            // Not what only further pages share: Explore's questions and their charts.
            { name: 'common', test: /client\/src\/(?!explore\/|generated\/documents\/|charts\/(ColumnChart|HeatGrid))|node_modules\/(d3-array|internmap|lucide-react)/, minShareCount: 5, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(['/graphql', '/api/', '/openapi.json'].map((path) => [path, { target: server, ws: true }])),
  },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.{ts,tsx}'] },
});
