import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Builds the admin page into `dist/admin`, from where the server serves it under `/admin`. The server puts a fresh
 * nonce in place of `__CSP_NONCE__` in each answer; assets are files of their own, so that the page needs neither
 * inline scripts nor `data:` fonts.
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
    // Ant Design's core and the charts' library are pieces of that size.
    chunkSizeWarningLimit: 700,
  },
});
