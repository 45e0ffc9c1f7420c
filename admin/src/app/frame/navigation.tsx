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
import { useMay } from '../session.tsx';

/** Where one can go. What only admins see is left out for others. */
export function Navigation() {
  const { common, pages } = useText();
  const mayAll = useMay('admin');
  const places = [
    { to: '/', icon: <DashboardOutlined />, name: pages.dashboard.title },
    { to: '/orders', icon: <ProfileOutlined />, name: pages.orders.title },
    { to: '/stuck', icon: <WarningOutlined />, name: pages.stuck.title },
    { to: '/late', icon: <UndoOutlined />, name: pages.late.title },
    { to: '/close-records', icon: <FileDoneOutlined />, name: pages.records.title },
    ...(mayAll ? [{ to: '/audit', icon: <AuditOutlined />, name: pages.audit.title }] : []),
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
        {mayAll && (
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
