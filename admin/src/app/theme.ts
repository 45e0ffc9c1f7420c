import { type ThemeConfig, theme } from 'antd';

/**
 * Ant Design's colors, with greys darkened whose contrast is too low to be readable (below 4.5:1). No animation with
 * `reduceMotion`.
 */
export function themeFor(isDark: boolean, reduceMotion: boolean): ThemeConfig {
  const ink = isDark ? '255, 255, 255' : '0, 0, 0';
  return {
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      motion: !reduceMotion,
      colorPrimary: isDark ? '#8fb4ff' : '#1554d1',
      colorPrimaryHover: isDark ? '#b3ccff' : '#0f47b8',
      colorLink: isDark ? '#8fb4ff' : '#1554d1',
      colorInfo: isDark ? '#8fb4ff' : '#1554d1',
      colorError: isDark ? '#ff8f8a' : '#c8201e',
      colorErrorHover: isDark ? '#ffb3af' : '#a81716',
      colorTextTertiary: `rgba(${ink}, 0.65)`,
      colorTextDescription: `rgba(${ink}, 0.65)`,
      colorTextPlaceholder: `rgba(${ink}, 0.6)`,
      colorBgLayout: isDark ? '#0d1117' : '#f4f6fa',
      ...(isDark ? { colorBgContainer: '#161b22', colorBgElevated: '#1c232d' } : {}),
      borderRadius: 8,
      fontFamily:
        "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif",
    },
    // The dark theme's light buttons have dark text.
    components: isDark ? { Button: { primaryColor: '#0b1a33', dangerColor: '#2a0808' } } : {},
  };
}
