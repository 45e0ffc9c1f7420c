import { useQuery } from '@tanstack/react-query';
import { createContext, use } from 'react';
import type { Me, Role } from '../../../src/http/admin/api.ts';
import { meQuery } from '../api/queries.ts';
import { post } from '../api/request.ts';

const MeContext = createContext<Me | null>(null);
export const MeProvider = MeContext;

/** The signed-in user. Only inside the frame. */
export function useMe(): Me {
  const me = use(MeContext);
  if (me === null) throw new Error('outside of MeProvider');
  return me;
}

const ranks: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether the signed-in user has this role or a higher one. Only for display: the server decides. */
export function useHasRole(role: Role): boolean {
  return ranks[useMe().role] >= ranks[role];
}

/** Null: nobody is signed in; undefined: not known yet. */
export function useSession() {
  return useQuery(meQuery);
}

/**
 * Signs out, and reloads the page: this clears all data, and a response still in flight cannot restore the session.
 */
export async function signOut(): Promise<void> {
  await post('/logout').catch(() => undefined);
  window.location.assign('/admin/');
}
