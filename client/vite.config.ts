/** Three pages from one build. In development, API requests go to a running `marquee serve`. */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.MARQUEE_DEV_SERVER ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    // The pages' Content-Security-Policy allows neither inline nor data: scripts, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // GraphiQL's editor is one big chunk that only the playground loads.
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: ['index.html', 'playground.html', 'embed.html'] },
  },
  server: {
    proxy: Object.fromEntries(['/graphql', '/api'].map((path) => [path, { target: server, ws: true }])),
  },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.{ts,tsx}'] },
});
