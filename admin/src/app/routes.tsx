import { createBrowserRouter } from 'react-router';
import { Waiting } from '../parts/order/waiting.tsx';
import { ErrorPage, MissingPage } from './error-page.tsx';
import { Frame } from './frame/frame.tsx';

/** Each page is loaded when it is first visited. */
export const router = createBrowserRouter(
  [
    {
      hydrateFallbackElement: <Waiting />,
      errorElement: <ErrorPage />,
      children: [
        {
          path: '/login',
          lazy: async () => ({ Component: (await import('../pages/login/login-page.tsx')).LoginPage }),
        },
        {
          element: <Frame />,
          children: [
            {
              index: true,
              lazy: async () => ({
                Component: (await import('../pages/dashboard/dashboard-page.tsx')).DashboardPage,
              }),
            },
            {
              path: '/orders',
              lazy: async () => ({ Component: (await import('../pages/orders/orders-page.tsx')).OrdersPage }),
            },
            {
              path: '/orders/:orderNo',
              lazy: async () => ({ Component: (await import('../pages/order/order-page.tsx')).OrderPage }),
            },
            {
              path: '/close-records',
              lazy: async () => ({
                Component: (await import('../pages/records/records-page.tsx')).RecordsPage,
              }),
            },
            {
              path: '/stuck',
              lazy: async () => ({ Component: (await import('../pages/stuck/stuck-page.tsx')).StuckPage }),
            },
            {
              path: '/late',
              lazy: async () => ({ Component: (await import('../pages/late/late-page.tsx')).LatePage }),
            },
            {
              path: '/audit',
              lazy: async () => ({ Component: (await import('../pages/audit/audit-page.tsx')).AuditPage }),
            },
            { path: '*', element: <MissingPage /> },
          ],
        },
      ],
    },
  ],
  { basename: '/admin' },
);
