import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Builds the admin page into `dist/admin`; the server serves it under `/admin`. The server replaces `__CSP_NONCE__` with a new
 * nonce in each response; assets are separate files, so that the page needs neither inline scripts nor `data:` fonts.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/admin/',
  html: { cspNonce: '__CSP_NONCE__' },
  plugins: [react()],
  build: {
    outDir: '../dist/admin',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // Ant Design's core and the chart library are chunks of this size.
    chunkSizeWarningLimit: 700,
  },
});
