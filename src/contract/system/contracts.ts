/**
 * The system contract `contracts`: which contracts a ledger has, with their schemas, as rows.
 * It must never know contract code: what runs is installed with the node.
 */

import { type Contract, contract, t, table } from '../contract.ts';

const SCHEMA_BYTES_MAX = 65_536;

const columns = {
  name: t.text({ max: 64 }),
  /** contractDigest of the schema. */
  digest: t.bytes({ max: 32 }),
  /** CBOR of contractSchema. */
  schema: t.bytes({ max: SCHEMA_BYTES_MAX }),
};

/** `install` adds a contract or replaces its schema; only an owner of the ledger may. */
export const contracts: Contract = contract({
  name: 'contracts',
  tables: { contract: table({ key: 'name', columns }) },
  events: { installed: { name: t.text({ max: 64 }) } },
  methods: (method) => ({
    install: method(columns, (ctx, { name, digest, schema }) => {
      const isOwner = ctx.sender.roles.includes('owner');
      ctx.require(isOwner, 'OWNER_ONLY', 'only the owner installs contracts');
      if (ctx.contract.has(name)) ctx.contract.update(name, { digest, schema });
      else ctx.contract.insert({ name, digest, schema });
      ctx.emit('installed', { name });
    }),
  }),
});
