/** What the files of an area may import of ours and of npm, types included. Node's own modules are free. */
export interface Layer {
  /** A folder, `folder/*` for the files directly in it, or a file; `*` is any one name. The longest that fits a file is its area. */
  area: string;
  /** Areas, all of them earlier in the list. A folder that is no area stands for all areas in it. */
  ours: readonly string[];
  packages?: readonly string[];
}

const useCase = ['src/channel', 'src/platform', 'src/order/*', 'src/order/deps.ts'];
const attempts = [...useCase, 'src/order/attempt'];

/** A gateway imports only its own folder, the channel contract and the listed `packages`. */
function gateway(folder: string, ...packages: string[]): Layer {
  return {
    area: `src/channel/built-in/${folder}`,
    ours: ['src/channel', 'src/channel/built-in/*/about.ts', 'src/platform'],
    packages: [...packages, 'zod'],
  };
}

/** From the ground up: each area imports only what stands above it here, so that imports point one way. */
export const layers: readonly Layer[] = [
  {
    area: 'src/platform',
    ours: [],
    packages: ['@opentelemetry/api', 'dataloader', 'ioredis', 'mysql2', 'pino', 'typeorm', 'zod'],
  },
  { area: 'migrations', ours: [], packages: ['typeorm'] },
  // Merchants import the client alone.
  { area: 'src/client', ours: [] },

  // What is known of a gateway without talking to it: plain data, which the page imports as well.
  { area: 'src/channel/basics.ts', ours: [] },
  { area: 'src/channel/built-in/about-channel.ts', ours: ['src/channel/basics.ts'] },
  { area: 'src/channel/built-in/*/about.ts', ours: ['src/channel/built-in/about-channel.ts'] },
  // A channel knows its gateway and the contract, not who calls it.
  {
    area: 'src/channel',
    ours: [
      'src/channel/basics.ts',
      'src/channel/built-in/about-channel.ts',
      'src/channel/built-in/*/about.ts',
      'src/platform',
    ],
    packages: ['undici', 'zod'],
  },
  gateway('wechat'),
  gateway('alipay'),
  gateway('unionpay', 'undici'),
  { area: 'src/channel/modules.ts', ours: ['src/channel', 'src/channel/built-in'] },

  // What happens to an order. It knows no queue, no HTTP and no single channel.
  { area: 'src/order/*', ours: ['src/channel', 'src/platform'] },
  { area: 'src/order/outbox', ours: ['src/order/*', 'src/platform'], packages: ['typeorm'] },
  {
    area: 'src/order/store',
    ours: ['src/channel', 'src/order/*', 'src/order/outbox', 'src/platform'],
    packages: ['typeorm'],
  },
  {
    area: 'src/order/deps.ts',
    ours: ['src/channel', 'src/order/*', 'src/order/store', 'src/platform'],
  },
  { area: 'src/order/schedule', ours: ['src/order/*', 'src/order/deps.ts'] },
  { area: 'src/order/attempt', ours: [...useCase, 'src/order/store'] },
  { area: 'src/order/refund', ours: [...attempts, 'src/order/schedule', 'src/order/store'] },
  {
    area: 'src/order/payment',
    ours: [...attempts, 'src/order/refund', 'src/order/schedule', 'src/order/store'],
  },
  { area: 'src/order/close', ours: [...attempts, 'src/order/payment'] },
  {
    area: 'src/order/cancel',
    ours: [
      'src/order/*',
      'src/order/deps.ts',
      'src/order/attempt',
      'src/order/close',
      'src/order/payment',
      'src/order/refund',
      'src/platform',
    ],
  },
  { area: 'src/order/sync', ours: [...attempts, 'src/order/close', 'src/order/payment'] },
  {
    area: 'src/order/create',
    ours: [...attempts, 'src/order/payment', 'src/order/schedule', 'src/order/sync'],
  },
  {
    area: 'src/order/requests',
    ours: [
      'src/order/*',
      'src/order/deps.ts',
      'src/order/attempt',
      'src/order/cancel',
      'src/order/close',
      'src/order/schedule',
      'src/order/store',
      'src/order/sync',
      'src/platform',
    ],
  },
  {
    area: 'src/order/due',
    ours: [
      'src/order/*',
      'src/order/deps.ts',
      'src/order/attempt',
      'src/order/cancel',
      'src/order/close',
      'src/order/refund',
      'src/order/store',
      'src/order/sync',
      'src/platform',
    ],
  },

  { area: 'src/process', ours: ['src/channel', 'src/platform'], packages: ['typeorm'] },
  { area: 'src/users', ours: ['src/platform'], packages: ['ipaddr.js', 'typeorm'] },
  // The queue, and the use cases that a timer runs.
  {
    area: 'src/timer',
    ours: ['src/channel', 'src/order', 'src/platform'],
    packages: ['bullmq', 'ioredis', 'zod'],
  },
  // Sends what order/ wrote; how a body is written is passed in.
  {
    area: 'src/notice',
    ours: ['src/order', 'src/platform'],
    packages: ['ipaddr.js', 'typeorm', 'undici'],
  },
  // Reads the database for people and changes nothing.
  {
    area: 'src/view',
    ours: ['src/channel', 'src/order', 'src/platform', 'src/process'],
    packages: ['typeorm'],
  },

  { area: 'src/http/*', ours: [], packages: ['fastify'] },
  { area: 'src/http/health', ours: ['src/platform'], packages: ['fastify'] },
  {
    area: 'src/http/notify',
    ours: ['src/channel', 'src/http/*', 'src/platform'],
    packages: ['fastify'],
  },
  {
    area: 'src/http/daxpay',
    ours: ['src/channel', 'src/http/*', 'src/order', 'src/platform'],
    packages: ['fastify', 'lossless-json', 'zod'],
  },
  {
    area: 'src/http/openapi',
    ours: ['src/channel', 'src/http/daxpay', 'src/order'],
    packages: ['fastify', 'lossless-json', 'zod'],
  },
  {
    area: 'src/http/admin',
    ours: ['src/channel', 'src/http/*', 'src/order', 'src/platform', 'src/view'],
    packages: [
      '@bull-board/api',
      '@bull-board/fastify',
      '@fastify/cookie',
      '@fastify/helmet',
      '@fastify/static',
      'fastify',
      'p-limit',
      'zod',
    ],
  },
  {
    area: 'src/http/server.ts',
    ours: [
      'src/http/*',
      'src/http/admin',
      'src/http/daxpay',
      'src/http/health',
      'src/http/notify',
      'src/http/openapi',
      'src/platform',
    ],
    packages: ['fastify'],
  },
  {
    area: 'src/observe',
    ours: [
      'src/channel',
      'src/http/health',
      'src/notice',
      'src/order',
      'src/platform',
      'src/timer',
      'src/view',
    ],
    packages: [
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace-node',
      'bullmq-otel',
      'prom-client',
      'typeorm',
    ],
  },

  // What is built, from what.
  {
    area: 'src/config.ts',
    ours: ['src/channel', 'src/channel/modules.ts', 'src/http/daxpay', 'src/order', 'src/platform'],
    packages: ['zod'],
  },
  { area: 'src/channels.ts', ours: ['src/channel'] },
  { area: 'src/migrate.ts', ours: ['migrations', 'src/platform'], packages: ['typeorm'] },
  {
    area: 'src/engine.ts',
    ours: [
      'migrations',
      'src/channel',
      'src/notice',
      'src/order',
      'src/platform',
      'src/process',
      'src/timer',
      'src/users',
    ],
    packages: ['bullmq', 'ioredis', 'typeorm'],
  },
  {
    area: 'src/library',
    ours: ['src/channel', 'src/engine.ts', 'src/notice', 'src/order', 'src/platform'],
  },
  {
    area: 'src/index.ts',
    ours: ['src/channel', 'src/channel/built-in', 'src/library', 'src/migrate.ts', 'src/platform'],
  },
  {
    area: 'src/admin-app.ts',
    ours: [
      'src/engine.ts',
      'src/http/admin',
      'src/notice',
      'src/order',
      'src/platform',
      'src/users',
      'src/view',
    ],
    packages: ['typeorm'],
  },
  {
    area: 'src/app.ts',
    ours: [
      'src/admin-app.ts',
      'src/channels.ts',
      'src/config.ts',
      'src/engine.ts',
      'src/http',
      'src/notice',
      'src/observe',
      'src/order',
      'src/platform',
      'src/process',
      'src/timer',
      'src/users',
      'src/view',
    ],
  },
  {
    area: 'src/doctor',
    ours: [
      'migrations',
      'src/channel',
      'src/channels.ts',
      'src/config.ts',
      'src/notice',
      'src/order',
      'src/platform',
      'src/process',
      'src/timer',
    ],
    packages: ['ioredis', 'typeorm'],
  },

  // What no production process runs. The simulators share nothing with the channels: each judges the other.
  { area: 'src/sandbox/services', ours: ['src/platform'], packages: ['ioredis', 'mysql2', 'testcontainers'] },
  { area: 'src/sandbox/simulator', ours: ['src/platform'] },
  {
    area: 'src/sandbox/quickstart',
    ours: [
      'src/app.ts',
      'src/channel',
      'src/client',
      'src/config.ts',
      'src/http/daxpay',
      'src/migrate.ts',
      'src/order',
      'src/platform',
      'src/sandbox/services',
      'src/sandbox/simulator',
      'src/users',
    ],
  },

  {
    area: 'src/commands',
    ours: [
      'src/app.ts',
      'src/channel',
      'src/config.ts',
      'src/doctor',
      'src/migrate.ts',
      'src/notice',
      'src/order',
      'src/platform',
      'src/sandbox/quickstart',
      'src/sandbox/simulator',
      'src/timer',
      'src/users',
      'src/view',
    ],
    packages: ['cli-progress', 'commander'],
  },
  {
    area: 'src/main.ts',
    ours: ['src/app.ts', 'src/commands', 'src/config.ts', 'src/platform'],
    packages: ['commander'],
  },

  // The page: of the server only types, constants and pure functions.
  {
    area: 'admin',
    ours: [
      'src/channel',
      'src/channel/built-in/about-channel.ts',
      'src/http/admin',
      'src/order/*',
      'src/order/store',
    ],
    packages: [
      '@ant-design/icons',
      '@tanstack/react-query',
      '@vitejs/plugin-react',
      'antd',
      'react',
      'react-dom',
      'react-router',
      'recharts',
      'vite',
    ],
  },
  {
    area: 'dev',
    ours: [
      'src/channel',
      'src/config.ts',
      'src/migrate.ts',
      'src/order',
      'src/platform',
      'src/sandbox/services',
      'src/sandbox/simulator',
      'src/users',
    ],
    packages: ['ioredis', 'typeorm', 'vite'],
  },

  // What tests and benchmarks share. They may use the whole program; nothing of it may use them.
  {
    area: 'test/support',
    ours: ['src'],
    packages: ['bullmq', 'commander', 'fastify', 'ioredis', 'playwright-core', 'typeorm', 'vitest'],
  },
  {
    area: 'bench',
    ours: ['migrations', 'src', 'test/support'],
    packages: ['bullmq', 'commander', 'ioredis', 'mysql2', 'typeorm', 'undici', 'wechatpay-axios-plugin'],
  },
];
