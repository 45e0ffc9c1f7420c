import {
  AuditOutlined,
  ClusterOutlined,
  DashboardOutlined,
  FileDoneOutlined,
  ProfileOutlined,
  UndoOutlined,
  WarningOutlined,
} from '@ant-design/icons';
import { NavLink } from 'react-router';
import { useText } from '../../text/use-text.ts';
import { useHasRole } from '../session.tsx';

/** The main menu; the entries for admins are shown only to admins. */
export function Navigation() {
  const { common, pages } = useText();
  const isAdmin = useHasRole('admin');
  const places = [
    { to: '/', icon: <DashboardOutlined />, name: pages.dashboard.title },
    { to: '/orders', icon: <ProfileOutlined />, name: pages.orders.title },
    { to: '/stuck', icon: <WarningOutlined />, name: pages.stuck.title },
    { to: '/late', icon: <UndoOutlined />, name: pages.late.title },
    { to: '/close-records', icon: <FileDoneOutlined />, name: pages.records.title },
    ...(isAdmin ? [{ to: '/audit', icon: <AuditOutlined />, name: pages.audit.title }] : []),
  ];
  return (
    <nav aria-label={common.menu}>
      <ul className="nav">
        {places.map(({ to, icon, name }) => (
          <li key={to}>
            <NavLink to={to} end={to === '/'}>
              {icon}
              {name}
            </NavLink>
          </li>
        ))}
        {isAdmin && (
          <li>
            <a href="/admin/queues">
              <ClusterOutlined />
              {common.queues}
            </a>
          </li>
        )}
      </ul>
    </nav>
  );
}
