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
    // Ant Design is one piece of that size; it changes only with its version and is cached for good.
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'charts',
              test: /node_modules[\\/](recharts|d3-|victory-vendor|@reduxjs|immer|react-redux)/,
            },
            { name: 'antd', test: /node_modules[\\/](antd|@ant-design|@rc-component|dayjs)[\\/]/ },
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|react-router|scheduler|@tanstack)[\\/]/,
            },
          ],
        },
      },
    },
  },
});
