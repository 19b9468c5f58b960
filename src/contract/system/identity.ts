/**
 * The system contract `identity`: who is a member of a ledger, by which key, in which roles.
 * It must never know what a role allows: contracts and nodes decide that.
 */

import { addressOf } from '../../crypto/account.ts';
import type { StateView } from '../../ledger/execution.ts';
import { rowKey } from '../../ledger/state-key.ts';
import { type Context, type Contract, contract, t, table } from '../contract.ts';
import { decodeRow, type Row } from '../schema/row.ts';
import type { TableDefinition } from '../schema/table.ts';

const ROLES_MAX = 32;
/** `reader`, or `reader:sales` for one contract; `owner` is nobody's to give. */
const ROLE = /^(?!owner$)[a-z][a-z0-9-]{0,31}(:[a-z][A-Za-z0-9_]{0,47})?$/;

const name = t.text({ min: 1, max: 100 });
const roles = t.text({ max: 2_048 });

const member = table({
  key: 'address',
  columns: {
    address: t.address(),
    publicKey: t.bytes({ min: 32, max: 32 }),
    name,
    /** Words in order, one space between two. */
    roles,
    /** False once retired; the row stays, so that history keeps its names. */
    active: t.bool(),
    /** Block time of the last admission. */
    since: t.time(),
  },
});

const tables = { member };

/** The ledger's owner and members with the role `admin` decide who is a member. */
export const identity: Contract = contract({
  name: 'identity',
  tables,
  events: {
    admitted: { address: t.address(), name, roles },
    changed: { address: t.address(), name, roles },
    retired: { address: t.address() },
  },
  methods: (method) => ({
    /** Makes a key a member, also one that was retired. */
    admit: method({ publicKey: t.bytes({ min: 32, max: 32 }), name, roles }, (ctx, given) => {
      requireAdmin(ctx);
      const address = addressOf(given.publicKey);
      const { name } = given;
      const roles = normalRoles(ctx, given.roles);
      const known = ctx.member.get(address);
      ctx.require(known?.active !== true, 'MEMBER_EXISTS', `${address} is a member already`);
      const row = { name, roles, active: true, since: ctx.time };
      if (known === undefined) {
        ctx.member.insert({ address, publicKey: given.publicKey, ...row });
      } else {
        ctx.member.update(address, row);
      }
      ctx.emit('admitted', { address, name, roles });
    }),

    /** Gives a member another name or other roles; what is left out stays. */
    change: method(
      { address: t.address(), name: t.optional(name), roles: t.optional(roles) },
      (ctx, { address, name, roles }) => {
        requireAdmin(ctx);
        const before = ctx.member.get(address);
        if (before?.active !== true) return ctx.refuse('MEMBER_UNKNOWN', `${address} is no member`);
        const after = {
          name: name ?? before.name,
          roles: roles === null ? before.roles : normalRoles(ctx, roles),
        };
        ctx.member.update(address, after);
        return ctx.emit('changed', { address, ...after });
      },
    ),

    retire: method({ address: t.address() }, (ctx, { address }) => {
      requireAdmin(ctx);
      const isMember = ctx.member.get(address)?.active === true;
      ctx.require(isMember, 'MEMBER_UNKNOWN', `${address} is no member`);
      ctx.member.update(address, { active: false });
      ctx.emit('retired', { address });
    }),
  }),
});

type IdentityContext = Pick<Context<typeof tables, Record<never, never>>, 'require' | 'sender'>;

function requireAdmin(ctx: IdentityContext): void {
  const { roles } = ctx.sender;
  const isAdmin = roles.includes('owner') || roles.includes('admin');
  ctx.require(isAdmin, 'ADMIN_ONLY', 'only the owner and members with the role admin may');
}

/** Each role once, in order. */
function normalRoles(ctx: Pick<IdentityContext, 'require'>, text: string): string {
  const words = [...new Set(text.split(' ').filter((word) => word !== ''))].sort();
  ctx.require(words.length <= ROLES_MAX, 'ROLE_INVALID', `more than ${ROLES_MAX} roles`);
  for (const word of words) {
    ctx.require(ROLE.test(word), 'ROLE_INVALID', `${word} is not a role such as reader`);
  }
  return words.join(' ');
}

/** The row of `member` at an address, in some state; undefined for nobody. */
export function memberRow(state: StateView, address: string): Row | undefined {
  const record = state.get(rowKey(identity.name, 'member', [address]));
  return record === undefined ? undefined : decodeRow(member as TableDefinition, record).row;
}

/** What a key is on a ledger in this state, besides its owner: no roles for no active member. */
export function rolesIn(state: StateView, publicKey: Uint8Array): readonly string[] {
  const row = memberRow(state, addressOf(publicKey));
  if (row?.active !== true || typeof row.roles !== 'string') return [];
  return row.roles.split(' ').filter((word) => word !== '');
}
