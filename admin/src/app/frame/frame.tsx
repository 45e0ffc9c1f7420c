import { MenuOutlined } from '@ant-design/icons';
import { Button, Drawer } from 'antd';
import { useEffect, useState } from 'react';
import { Link, Navigate, Outlet, useLocation } from 'react-router';
import { useLiveEvents } from '../../api/live.ts';
import { Waiting } from '../../parts/order/waiting.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useNarrow } from '../../parts/use-media.ts';
import { useText } from '../../text/use-text.ts';
import { MeProvider, useSession } from '../session.tsx';
import { Brand } from './brand.tsx';
import { Navigation } from './navigation.tsx';
import { UserMenu } from './user-menu.tsx';
import './frame.css';

/** The frame around every page of a signed-in user. Others are sent to the login, which returns to the same place. */
export function Frame() {
  const { data: me, error, refetch } = useSession();
  const { pathname, search } = useLocation();
  if (me === null) return <Navigate to="/login" replace state={{ from: pathname + search }} />;
  if (me === undefined) {
    if (error === null) return <Waiting />;
    return (
      <main className="frame-away">
        <Brand />
        <Problem error={error} onRetry={refetch} />
      </main>
    );
  }
  return (
    <MeProvider value={me}>
      <SignedInFrame />
    </MeProvider>
  );
}

function SignedInFrame() {
  const { common } = useText();
  const isNarrow = useNarrow();
  const [isOpen, setOpen] = useState(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: close the menu after navigation
  useEffect(() => setOpen(false), [pathname]);

  return (
    <div className="frame">
      <a className="skip" href="#content">
        {common.skip}
      </a>
      <header className="frame-top">
        {isNarrow && (
          <Button
            type="text"
            icon={<MenuOutlined />}
            aria-label={common.openMenu}
            onClick={() => setOpen(true)}
          />
        )}
        <Link to="/" className="brand">
          <Brand />
        </Link>
        <LiveState />
        <UserMenu />
      </header>
      {isNarrow ? (
        <Drawer
          open={isOpen}
          onClose={() => setOpen(false)}
          placement="left"
          size={260}
          title={common.menu}
          styles={{ body: { padding: 12 } }}
        >
          <Navigation />
        </Drawer>
      ) : (
        <div className="frame-side">
          <Navigation />
        </div>
      )}
      <main id="content" className="frame-main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

/** The page's live connection. Announces when it, or the database, is lost and restored. */
function LiveState() {
  const { common } = useText();
  const state = useLiveEvents();
  const label = { live: common.live, connection: common.lost, database: common.noDatabase }[state];
  return (
    <span role="status" className={state === 'live' ? 'live live-on' : 'live live-lost'}>
      <span>{label}</span>
    </span>
  );
}
