/** Whether a page offers what administrators may do. It must never decide it: the node does. */

import { useMe } from '../session/session.tsx';

export function useIsAdmin(): boolean {
  const { roles } = useMe();
  return roles.includes('admin') || roles.includes('owner');
}
