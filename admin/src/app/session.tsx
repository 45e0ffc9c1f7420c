import { useQuery } from '@tanstack/react-query';
import { createContext, use } from 'react';
import type { Me, Role } from '../../../src/http/admin/api.ts';
import { meQuery } from '../api/queries.ts';
import { post } from '../api/request.ts';

const MeContext = createContext<Me | null>(null);
export const MeProvider = MeContext;

/** Who is signed in. Only within the frame, which shows nothing to others. */
export function useMe(): Me {
  const me = use(MeContext);
  if (me === null) throw new Error('outside of MeProvider');
  return me;
}

const ranks: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether who is signed in has this role or one above it. The server decides; this only shows what it would. */
export function useMay(role: Role): boolean {
  return ranks[useMe().role] >= ranks[role];
}

/** Null: nobody; undefined: not known yet. */
export function useWhoIsSignedIn() {
  return useQuery(meQuery);
}

/**
 * Signs out at the server, and loads the page anew: that forgets everything that was shown, and no answer that is still on
 * its way brings the session back.
 */
export async function signOut(): Promise<void> {
  await post('/logout').catch(() => undefined);
  window.location.assign('/admin/');
}
