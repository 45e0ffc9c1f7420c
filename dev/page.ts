import { join } from 'node:path';
import { createServer } from 'vite';

/** The admin page, reloaded in the browser on each change; what it asks for comes from the program. */
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
      // The browser's own host stays in the request: by it the program knows its page from a foreign one.
      proxy: { '/admin/api': programUrl, '/admin/queues': programUrl },
    },
  });
  await server.listen();
  return { url: `http://127.0.0.1:${port}/admin/`, close: () => server.close() };
}
