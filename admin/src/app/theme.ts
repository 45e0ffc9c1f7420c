import { type ThemeConfig, theme } from 'antd';

/**
 * Ant Design's colours, with those greys darkened that are too faint to be read by everybody (a contrast of 4.5 to
 * what is behind them).
 */
export function themeFor(isDark: boolean): ThemeConfig {
  const ink = isDark ? '255, 255, 255' : '0, 0, 0';
  return {
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: isDark ? '#3c7bf0' : '#1554d1',
      colorLink: isDark ? '#7fabff' : '#1554d1',
      colorInfo: isDark ? '#3c7bf0' : '#1554d1',
      colorError: isDark ? '#e5544f' : '#c8201e',
      colorTextTertiary: `rgba(${ink}, 0.65)`,
      colorTextDescription: `rgba(${ink}, 0.65)`,
      colorTextPlaceholder: `rgba(${ink}, 0.6)`,
      colorBgLayout: isDark ? '#0d1117' : '#f4f6fa',
      ...(isDark ? { colorBgContainer: '#161b22', colorBgElevated: '#1c232d' } : {}),
      borderRadius: 8,
      fontFamily:
        "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif",
    },
    components: {
      Layout: { headerPadding: '0 16px', headerHeight: 56 },
      Menu: { itemBorderRadius: 8, activeBarBorderWidth: 0 },
    },
  };
}
