import { QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { RouterProvider } from 'react-router';
import { queryClient } from '../api/query-client.ts';
import { useStillness } from '../parts/use-media.ts';
import { nonce } from './nonce.ts';
import { router } from './routes.tsx';
import { SettingsProvider, useSettings } from './settings.tsx';
import { themeFor } from './theme.ts';

/** The whole page: what the browser's user has chosen, the server's data, and the place within the page. */
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
  const isStill = useStillness();
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCN : enUS}
      theme={themeFor(isDark, isStill)}
      csp={{ nonce }}
      button={{ autoInsertSpace: false }}
    >
      <RouterProvider router={router} />
    </ConfigProvider>
  );
}
