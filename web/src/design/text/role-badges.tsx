/** Roles as badges, on one line or as many as they need. It must never judge a role. */

import type { ReactNode } from 'react';
import { Badge } from './badge.tsx';
import classes from './text.module.css';

export function RoleBadges({ roles }: { readonly roles: readonly string[] }): ReactNode {
  return (
    <span className={classes.roles}>
      {roles.map((role) => (
        <Badge key={role} tone="quiet" icon={false}>
          {role}
        </Badge>
      ))}
    </span>
  );
}
