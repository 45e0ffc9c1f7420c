import { UserOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useState } from 'react';
import { PasswordDialog } from '../../pages/password/password-dialog.tsx';
import { useNarrow } from '../../parts/use-media.ts';
import { useText } from '../../text/use-text.ts';
import { signOut, useMe } from '../session.tsx';
import { useSettings } from '../settings.tsx';

/** The signed-in user, and their settings: language, colors, password, signing out. */
export function UserMenu() {
  const { common, words } = useText();
  const { name, role, version } = useMe();
  const { language, isDark, setLanguage, setDark } = useSettings();
  const [isChanging, setChanging] = useState(false);
  const isNarrow = useNarrow();

  const items = [
    { key: 'who', label: `${name} · ${words.role[role]} · v${version}`, disabled: true },
    { type: 'divider' as const },
    {
      key: 'language',
      label: common.language,
      onClick: () => setLanguage(language === 'zh' ? 'en' : 'zh'),
    },
    { key: 'theme', label: isDark ? common.light : common.dark, onClick: () => setDark(!isDark) },
    { key: 'password', label: common.changePassword, onClick: () => setChanging(true) },
    { key: 'logout', label: common.logout, onClick: () => void signOut() },
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight">
        <Button type="text" icon={<UserOutlined />} aria-label={`${common.account}: ${name}`}>
          {!isNarrow && name}
        </Button>
      </Dropdown>
      {isChanging && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  );
}
