/**
 * The proof of a row without the contract's code: its columns are those that the node describes.
 * What is proved is the record; a node that lies about columns can at most misname its values.
 * It must never know how the proof is checked.
 */

import { Refusal } from '../../bytes/refusal.ts';
import type { TableDefinition } from '../../contract/schema/table.ts';
import { columnOf } from '../form.ts';
import { serverInvalid } from '../http/problem.ts';
import { shaped } from '../http/shape.ts';
import { rowPath } from '../node/reading.ts';
import type { NodeClient } from '../node-client.ts';
import { TableCodec } from '../typed/codec.ts';
import type { ContractView } from '../wire.ts';
import type { Proofs } from './proofs.ts';

export function proveRowOf(
  proofs: Proofs,
  contractOf: NodeClient['contract'],
): NodeClient['proveRow'] {
  return async (contract, table, key, options = {}) => {
    const view = await contractOf(contract, options);
    const codec = new TableCodec(contract, table, definitionOf(view, table));
    const stateKey = codec.stateKey(codec.parseKey(key));
    const path = rowPath(contract, table, key);
    const { values, ...proved } = await proofs.proveRow(path, stateKey, options);
    const row = values === null ? null : codec.rowToJson(codec.rowOfValues(values));
    return { ...proved, row };
  };
}

/** Throws TABLE_UNKNOWN. */
function definitionOf(contract: ContractView, table: string): TableDefinition {
  const { name, tables } = shaped(contract, 'its contract', { name: 'text', tables: 'list' });
  for (const one of tables) shaped(one, 'a table', { name: 'text', key: 'list', columns: 'list' });
  const view = tables.find((one) => one.name === table);
  if (view === undefined) {
    throw new Refusal('TABLE_UNKNOWN', `${name} has no table ${table}`, {
      data: { name: table },
      next: `it has ${tables.map((one) => one.name).join(', ') || 'none'}`,
    });
  }
  const columns = Object.fromEntries(view.columns.map((one) => [one.name, columnOf(one)]));
  const isKey = view.key.every((one) => Object.hasOwn(columns, one));
  if (!isKey || view.key.length === 0) throw serverInvalid(`the key of ${table} is not of it`);
  return { columns, key: view.key, indexes: {} };
}
