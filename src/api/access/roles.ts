/**
 * What roles allow over HTTP (H12): pure questions about lists of words.
 * It must never know who has the roles, nor look one up.
 */

/** What a path asks of whoever comes: some of it of one contract alone. */
export type Right =
  | { readonly kind: 'member' | 'admin' | 'metrics' }
  | { readonly kind: 'read' | 'write'; readonly contract: string | null };

/** Everything of the ledger, for `contract: null`. */
export function allows(roles: readonly string[], right: Right): boolean {
  if (isAdmin(roles)) return true;
  switch (right.kind) {
    case 'member':
      return roles.length > 0;
    case 'admin':
      return false;
    case 'metrics':
      return roles.includes('metrics');
    case 'read':
      return hasScope(roles, ['reader', 'writer'], right.contract);
    case 'write':
      return hasScope(roles, ['writer'], right.contract);
  }
}

function isAdmin(roles: readonly string[]): boolean {
  return roles.includes('owner') || roles.includes('admin');
}

/** The words that a scoped role may begin with. */
function hasScope(
  roles: readonly string[],
  words: readonly string[],
  contract: string | null,
): boolean {
  return words.some(
    (word) => roles.includes(word) || (contract !== null && roles.includes(`${word}:${contract}`)),
  );
}

/** Whether whoever has `roles` has at least what `role` would give. */
export function covers(roles: readonly string[], role: string): boolean {
  if (isAdmin(roles) || roles.includes(role)) return true;
  const [word, contract = null] = role.split(':');
  if (word === 'reader') return allows(roles, { kind: 'read', contract });
  return word === 'writer' && allows(roles, { kind: 'write', contract });
}

/** In words, for whoever lacks it. */
export function roleFor(right: Right): string {
  switch (right.kind) {
    case 'member':
      return 'reader';
    case 'admin':
    case 'metrics':
      return right.kind;
    case 'read':
      return right.contract === null ? 'reader' : `reader:${right.contract}`;
    case 'write':
      return right.contract === null ? 'writer' : `writer:${right.contract}`;
  }
}
