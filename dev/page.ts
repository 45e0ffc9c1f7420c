import { join } from 'node:path';
import { createServer } from 'vite';

/** Serves the admin page, reloaded in the browser on each change; proxies API requests to the program. */
export async function servePage(
  port: number,
  programUrl: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = await createServer({
    configFile: join(import.meta.dirname, '../admin/vite.config.ts'),
    logLevel: 'warn',
    server: {
      host: '127.0.0.1',
      port,
      strictPort: true,
      // Keeps the browser's Host header, by which the program recognizes requests from its own page.
      proxy: { '/admin/api': programUrl, '/admin/queues': programUrl },
    },
  });
  await server.listen();
  return { url: `http://127.0.0.1:${port}/admin/`, close: () => server.close() };
}
