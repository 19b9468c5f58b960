/**
 * Calls and rows with the types of contracts, on a node: `ledger.sales.record({ … })`.
 * It must never know a path or a session: it is given the node's methods.
 */

import type { Value } from '../../bytes/cbor.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { CallResult, RowVersion } from '../../contract/calls.ts';
import type { AnyContract, Method } from '../../contract/definition.ts';
import { Fields, type Judge } from '../../contract/schema/fields.ts';
import type { Row } from '../../contract/schema/row.ts';
import type { TableDefinition } from '../../contract/schema/table.ts';
import { readSent } from '../http/problem.ts';
import { shaped } from '../http/shape.ts';
import { maybeFound } from '../node/reading.ts';
import type { CallOptions, NodeClient, RemoteLedger } from '../node-client.ts';
import type { ProvedRecord } from '../proof/proofs.ts';
import type { FilterOperator, Page, RowFilter } from '../wire.ts';
import { type JsonRow, TableCodec } from './codec.ts';
import type { Proved } from './remote-table.ts';

/** What the typed ledger stands on. */
export interface LedgerPort extends Pick<NodeClient, 'transact' | 'row' | 'rows' | 'history'> {
  proveRecord(
    place: { readonly contract: string; readonly table: string; readonly key: string },
    stateKey: string,
    options: CallOptions,
  ): Promise<ProvedRecord>;
}

/** Throws CONTRACT_INVALID for a contract whose name is taken. */
export function remoteLedger<const Cs extends readonly AnyContract[]>(
  port: LedgerPort,
  contracts: Cs,
): RemoteLedger<Cs> {
  const members = contracts.map((contract) => [contract.name, callsOf(port, contract)] as const);
  const tables = contracts.map((contract) => [contract.name, tablesOf(port, contract)] as const);
  const names = ['tables', ...contracts.map(({ name }) => name)];
  const clash = names.find((name, at) => names.indexOf(name) !== at);
  if (clash !== undefined) {
    throw new Refusal('CONTRACT_INVALID', `a contract cannot be named "${clash}" here`, {
      next: 'that name is taken; name the contract otherwise, or ask for it by itself',
    });
  }
  const ledger = { ...Object.fromEntries(members), tables: Object.fromEntries(tables) };
  return ledger as unknown as RemoteLedger<Cs>;
}

type Args = { readonly [name: string]: Value | undefined };

function callsOf(port: LedgerPort, contract: AnyContract) {
  return Object.fromEntries(
    Object.entries(contract.methods).map(([name, method]) => [
      name,
      callOf(port, contract, name, method),
    ]),
  );
}

function callOf(port: LedgerPort, { name: contract }: AnyContract, name: string, method: Method) {
  const owner = `${contract}.${name}`;
  const fields = new Fields(method.args, 'ARGUMENT_INVALID', 'argument', owner);
  return async (args: Args = {}): Promise<CallResult<Value>> => {
    fields.assertMap(args, false, beforeSigning);
    const { results, ...rest } = await port.transact([{ contract, method: name, args }]);
    return { ...rest, result: results[0] ?? null };
  };
}

/** What the ledger would refuse is refused before it is signed. */
const beforeSigning: Judge = {
  fail(_code, message, data) {
    throw new Refusal('ARGUMENT_INVALID', message, {
      ...(typeof data === 'string' ? { data: { name: data } } : {}),
      next: 'correct the argument',
    });
  },
};

function tablesOf(port: LedgerPort, contract: AnyContract) {
  return Object.fromEntries(
    Object.entries(contract.tables).map(([table, definition]) => [
      table,
      tableOf(port, contract.name, table, definition),
    ]),
  );
}

interface AnyQuery {
  readonly where?: readonly (readonly [string, FilterOperator, unknown])[];
  readonly order?: string;
  readonly descending?: boolean;
  readonly signal?: AbortSignal;
}

function tableOf(port: LedgerPort, contract: string, table: string, definition: TableDefinition) {
  const codec = new TableCodec(contract, table, definition);
  return {
    async get(key: unknown, signal?: AbortSignal): Promise<Row | undefined> {
      const found = await maybeFound(
        port.row(contract, table, codec.keyText(key), optionsOf(signal)),
      );
      return found === undefined ? undefined : rowOf(codec, found.row);
    },
    async *rows({ where = [], signal, ...query }: AnyQuery = {}): AsyncGenerator<Row> {
      const filters = where.map(([column, operator, value]): RowFilter => {
        return { column, operator, value: codec.cellText(column, value) };
      });
      const options = { ...query, ...optionsOf(signal), where: filters };
      const pages = (cursor: object) => port.rows(contract, table, { ...options, ...cursor });
      for await (const { row } of allOf(pages)) yield rowOf(codec, row);
    },
    async *history(key: unknown, signal?: AbortSignal): AsyncGenerator<RowVersion<Row>> {
      const text = codec.keyText(key);
      const pages = (cursor: object) =>
        port.history(contract, table, text, { ...optionsOf(signal), ...cursor });
      for await (const { row, ...place } of allOf(pages)) {
        yield { ...place, row: row === null ? null : rowOf(codec, row) };
      }
    },
    async prove(key: unknown, signal?: AbortSignal): Promise<Proved<Row>> {
      const place = { contract, table, key: codec.keyText(key) };
      const proved = await port.proveRecord(place, codec.stateKey(key), optionsOf(signal));
      const { values, height, bundle } = proved;
      return { row: values === null ? null : codec.rowOfValues(values), height, bundle };
    },
  };
}

function rowOf(codec: TableCodec, json: JsonRow): Row {
  return readSent('its row', () => codec.rowFromJson(shaped(json, 'its row', {})));
}

function optionsOf(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal };
}

/** The items of all pages, each page fetched when it is reached. */
async function* allOf<T>(fetch: (cursor: object) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const page: Page<T> = await fetch(cursor === null ? {} : { cursor });
    const { items, next } = shaped(page, 'its page', { items: 'list', next: 'text?' });
    yield* items;
    cursor = next;
  } while (cursor !== null);
}
