/**
 * `tally show` of the head and of one block.
 * It must never change what it shows.
 */

import { encodeHex } from '../../bytes/hex.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { isSystemContract } from '../../contract/system/system.ts';
import { addressOf } from '../../crypto/account.ts';
import type { Block } from '../../ledger/block.ts';
import { parseEnvelope } from '../../ledger/transaction.ts';
import type { Ledger } from '../../node/ledger.ts';
import { styleOf } from '../output/style.ts';
import { printFields, printTable, visible } from '../output/table.ts';
import { count, grouped, utc } from '../output/words.ts';
import type { World } from '../world.ts';

interface BlockLine {
  readonly height: number;
  readonly id: string;
  readonly time: number;
  readonly transactions: number;
}

export interface HeadView {
  readonly name: string;
  readonly chain: string;
  readonly owner: string;
  readonly height: number;
  readonly block: string;
  readonly time: number;
  readonly contracts: readonly string[];
  readonly blocks: readonly BlockLine[];
}

export function headView(ledger: Ledger, limit: number): HeadView {
  const { name, chain, owner, head } = ledger;
  const blocks: BlockLine[] = [];
  for (let height = head.height; height >= 0 && blocks.length < limit; height--) {
    const { header, id } = ledger.block(height);
    blocks.push({ height, id: encodeHex(id), time: header.time, transactions: header.count });
  }
  const contracts = [...ledger.installed().keys()].filter((name) => !isSystemContract(name));
  const { height, id, time } = head;
  return { name, chain, owner, height, block: id, time, contracts, blocks };
}

export function printHead(world: World, view: HeadView): void {
  const { out } = world;
  const style = styleOf(out);
  out.write(`${style.title(visible(view.name))}\n`);
  printFields(
    out,
    [
      ['chain', style.name(view.chain)],
      ['owner', view.owner],
      ['height', grouped(view.height)],
      ['block', view.block],
      ['time', utc(view.time)],
      ['contracts', view.contracts.map(visible).join(', ')],
    ],
    '  ',
  );
  out.write('\n');
  printTable(
    out,
    [
      { title: 'block', align: 'right' },
      { title: 'time' },
      { title: 'transactions', align: 'right' },
      { title: 'id' },
    ],
    view.blocks.map(({ height, id, time, transactions }) => [
      grouped(height),
      utc(time),
      grouped(transactions),
      id,
    ]),
  );
}

export interface BlockView {
  readonly height: number;
  readonly id: string;
  readonly parent: string;
  readonly time: number;
  readonly roots: Readonly<Record<'transactions' | 'receipts' | 'state' | 'history', string>>;
  readonly proposer: string;
  readonly seal: string;
  readonly transactions: readonly {
    readonly transaction: string;
    readonly from: string;
    readonly calls: number;
    readonly call: string;
    readonly ok: boolean;
    readonly code: string | null;
  }[];
}

export function blockView(ledger: Ledger, block: Block): BlockView {
  const { header, id, seal } = block;
  const { height, parent, time, transactions, receipts, state, history, proposer } = header;
  return {
    ...{ height, id: encodeHex(id), parent: encodeHex(parent), time },
    roots: {
      transactions: encodeHex(transactions),
      receipts: encodeHex(receipts),
      state: encodeHex(state),
      history: encodeHex(history),
    },
    proposer: addressOf(proposer),
    seal: String(seal[0]),
    transactions: block.envelopes.map((envelope) => lineOf(ledger, envelope)),
  };
}

function lineOf(ledger: Ledger, envelope: Uint8Array): BlockView['transactions'][number] {
  const { id, from, calls } = parseEnvelope(envelope);
  const transaction = encodeHex(id);
  const outcome = ledger.receiptOf(transaction)?.outcome;
  const [contract = '', method = ''] = calls[0] ?? [];
  return {
    transaction,
    from: addressOf(from),
    calls: calls.length,
    call: `${contract}.${method}`,
    ok: outcome?.ok === true,
    code: outcome === undefined || outcome.ok ? null : outcome.code,
  };
}

export function printBlock(world: World, view: BlockView): void {
  const { out } = world;
  const style = styleOf(out);
  out.write(`${style.title(`block ${grouped(view.height)}`)} ${style.name(view.id)}\n`);
  printFields(
    out,
    [
      ['parent', view.parent],
      ['time', utc(view.time)],
      ['proposer', `${view.proposer} ${style.dim(`(${view.seal} seal)`)}`],
      ...Object.entries(view.roots).map(([name, root]) => [`${name} root`, root] as const),
    ],
    '  ',
  );
  out.write(`\n${count(view.transactions.length, 'transaction')}\n`);
  if (view.transactions.length === 0) return;
  printTable(
    out,
    [{ title: '', align: 'right' }, ...['id', 'from', 'calls', 'outcome'].map(titled)],
    view.transactions.map(({ transaction, from, calls, call, ok, code }, at) => [
      String(at),
      transaction,
      from,
      calls === 1 ? call : `${call} × ${calls}`,
      ok ? 'done' : `refused: ${code}`,
    ]),
  );
}

function titled(title: string): { title: string } {
  return { title };
}

/** What a contract of the ledger has, for `show contracts`. */
export function contractLines(contracts: readonly AnyContract[], name: string): string | null {
  const contract = contracts.find((candidate) => candidate.name === name);
  if (contract === undefined) return null;
  const tables = Object.keys(contract.tables).join(', ');
  const methods = Object.keys(contract.methods).join(', ');
  return `tables ${tables || 'none'}; methods ${methods || 'none'}`;
}
