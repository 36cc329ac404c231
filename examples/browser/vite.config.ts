import { defineConfig } from 'vite';
import { serviceWorker } from './scripts/service-worker-plugin.ts';

/** With these a page is cross-origin isolated; on hosts that cannot send them the service worker adds them. */
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

export default defineConfig({
  base: './', // any sub path
  plugins: [serviceWorker()],
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the Content-Security-Policy lets nothing but files run
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY, // test/sizes.test.ts has the limits
  },
});
