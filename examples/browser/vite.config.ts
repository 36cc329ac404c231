import { defineConfig } from 'vite';
import { lean } from './scripts/lean-plugin.ts';
import { serviceWorker } from './scripts/service-worker-plugin.ts';

/** With these a page is cross-origin isolated; on hosts that cannot send them the service worker adds them. */
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

export default defineConfig({
  base: './', // any sub path
  plugins: [lean({ withModels: () => false }), serviceWorker()],
  worker: {
    format: 'es',
    plugins: () => [lean({ withModels: (entry) => !entry.includes('decoding-worker') })],
    rolldownOptions: { output: { comments: { legal: false } } },
  },
  server: { headers },
  preview: { headers },
  build: {
    target: 'es2022',
    license: { fileName: 'licenses.md' },
    rolldownOptions: { output: { comments: { legal: false } } }, // they are in licenses.md
    assetsInlineLimit: 0, // the Content-Security-Policy lets nothing but files run
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY, // test/page.test.ts has the limits
  },
});
