import { QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { RouterProvider } from 'react-router';
import { queryClient } from '../api/query-client.ts';
import { useReducedMotion } from '../parts/use-media.ts';
import { nonce } from './nonce.ts';
import { router } from './routes.tsx';
import { SettingsProvider, useSettings } from './settings.tsx';
import { themeFor } from './theme.ts';

/** The whole page: settings, the server's data, and routing. */
export function App() {
  return (
    <SettingsProvider>
      <QueryClientProvider client={queryClient}>
        <Design />
      </QueryClientProvider>
    </SettingsProvider>
  );
}

function Design() {
  const { language, isDark } = useSettings();
  const reduceMotion = useReducedMotion();
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCN : enUS}
      theme={themeFor(isDark, reduceMotion)}
      csp={{ nonce }}
      button={{ autoInsertSpace: false }}
    >
      <RouterProvider router={router} />
    </ConfigProvider>
  );
}
