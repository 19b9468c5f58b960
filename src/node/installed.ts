/**
 * Contracts a ledger has and contracts this node runs: by which rules, and what to install.
 * It must never install anything itself: it says which calls would.
 */

import { equalBytes } from '../bytes/bytes.ts';
import { decode, encode, type Value } from '../bytes/cbor.ts';
import { prefixEnd } from '../bytes/ordered-key.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { AnyContract } from '../contract/contract.ts';
import { check, execute } from '../contract/execute.ts';
import type { Registry } from '../contract/registry.ts';
import { contractSchema, schemaChange } from '../contract/schema/evolution.ts';
import { contracts as installer } from '../contract/system/contracts.ts';
import { rolesIn } from '../contract/system/identity.ts';
import type { Call, StateView } from '../ledger/execution.ts';
import type { Genesis } from '../ledger/genesis.ts';
import { rowKey } from '../ledger/state-key.ts';
import { installCall } from './create.ts';
import type { ReplicaRules } from './replica.ts';

/** Fields of a record of `contracts.contract`, after height and position. */
const NAME_AT = 2;
const SCHEMA_AT = 4;

/** What a contract may ask of the sender, and how transactions of this ledger run. */
export function rulesOf(registry: Registry, genesis: Genesis): ReplicaRules {
  const { owner } = genesis.engine;
  return {
    execute: execute(registry),
    check: (transaction) => check(registry, transaction),
    rolesOf: (publicKey, state) => {
      const roles = rolesIn(state, publicKey);
      return equalBytes(publicKey, owner) ? ['owner', ...roles] : roles;
    },
  };
}

/** Name and schema of every contract on the ledger, from its own state. */
export function installedContracts(state: StateView): Map<string, Value> {
  const prefix = rowKey(installer.name, 'contract', []);
  const found = new Map<string, Value>();
  for (const [, record] of state.range(prefix, prefixEnd(prefix), false)) {
    const fields = decode(record) as Value[];
    found.set(fields[NAME_AT] as string, decode(fields[SCHEMA_AT] as Uint8Array));
  }
  return found;
}

/**
 * The calls that bring the ledger's contracts up to these. Throws CONTRACT_MISMATCH when a change
 * of schema does not fit the rows that are there.
 */
export function installCalls(state: StateView, contracts: Iterable<AnyContract>): Call[] {
  const installed = installedContracts(state);
  const calls: Call[] = [];
  for (const contract of contracts) {
    if (contract.name === installer.name) continue;
    const schema = contractSchema(contract);
    const before = installed.get(contract.name);
    if (before !== undefined && equalBytes(encode(before), encode(schema))) continue;
    if (before !== undefined) assertCompatible(before, contract);
    calls.push(installCall(contract.name, schema));
  }
  return calls;
}

function assertCompatible(before: Value, contract: AnyContract): void {
  const { compatible, changes } = schemaChange(before, contract);
  if (compatible) return;
  throw new Refusal(
    'CONTRACT_MISMATCH',
    `contract ${contract.name} does not fit the rows on this ledger: ${changes.join('; ')}`,
    { next: 'only add tables, methods, events and optional columns at the end; or a new contract' },
  );
}
