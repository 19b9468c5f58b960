/**
 * `tally show transaction`: what was asked, by whom, and what it did.
 * It must never say that a proof holds: `tally verify` does.
 */

import { encodeHex } from '../../bytes/hex.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../../contract/definition.ts';
import type { Json } from '../../contract/schema/json.ts';
import { addressOf } from '../../crypto/account.ts';
import type { Outcome } from '../../ledger/execution.ts';
import { parseEnvelopeId } from '../../ledger/transaction.ts';
import type { FoundTransaction, Ledger } from '../../node/ledger.ts';
import { valueToJson } from '../output/json.ts';
import { type Style, styleOf } from '../output/style.ts';
import { printFields, visible } from '../output/table.ts';
import { count, utc } from '../output/words.ts';
import type { World } from '../world.ts';
import { type CallView, callView, cellText, fieldsText } from './call.ts';

const FULL_LENGTH = 66;
/** Shorter beginnings are likelier a slip than an id. */
const PREFIX_MIN = 6;
/** Blocks searched for the beginning of an id. */
const BLOCKS_SEARCHED = 200;
const CALLS_SHOWN = 10;

export interface TransactionView {
  readonly transaction: string;
  readonly height: number;
  readonly position: number;
  readonly time: number;
  readonly from: string;
  readonly publicKey: string;
  readonly nonce: string;
  readonly validUntil: number | null;
  readonly ok: boolean;
  readonly failure: Json;
  readonly calls: readonly CallView[];
  readonly results: Json;
  readonly events: Json;
}

/** By its whole id, or by a beginning of it that one recent transaction has. Throws NOT_FOUND. */
export function findTransaction(ledger: Ledger, text: string): FoundTransaction & { id: string } {
  const id = text.length < FULL_LENGTH ? expandId(ledger, text.toLowerCase()) : text;
  const found = ledger.transaction(id);
  if (found !== undefined) return { ...found, id: id.toLowerCase() };
  throw new Refusal('NOT_FOUND', `there is no transaction ${id} on this ledger`, {
    next: 'check the id; `tally show <folder> block <height>` lists those of a block',
  });
}

function expandId(ledger: Ledger, beginning: string): string {
  if (!/^0x[0-9a-f]*$/.test(beginning) || beginning.length < PREFIX_MIN + 2) {
    throw new Refusal('USAGE', `"${visible(beginning)}" is no id of a transaction`, {
      next: `an id is 0x and 64 digits; at least ${PREFIX_MIN} of them name a recent one`,
    });
  }
  const tip = ledger.head.height;
  const found = new Set<string>();
  for (let height = tip; height > Math.max(0, tip - BLOCKS_SEARCHED); height--) {
    for (const envelope of ledger.block(height).envelopes) {
      const id = encodeHex(parseEnvelopeId(envelope));
      if (id.startsWith(beginning)) found.add(id);
    }
  }
  const [only] = found;
  if (only !== undefined && found.size === 1) return only;
  const what = found.size === 0 ? 'no recent transaction begins' : 'several transactions begin';
  throw new Refusal('NOT_FOUND', `${what} with ${beginning}`, { next: 'give the whole id' });
}

export function transactionView(
  { transaction, receipt, height, position, time, id }: FoundTransaction & { id: string },
  contracts: readonly AnyContract[],
): TransactionView {
  const { from, nonce, validUntil, calls } = transaction;
  const { outcome } = receipt;
  return {
    ...{ transaction: id, height, position, time },
    ...{ from: addressOf(from), publicKey: encodeHex(from), nonce: encodeHex(nonce), validUntil },
    ok: outcome.ok,
    failure: failureView(outcome),
    calls: calls.map((call) => callView(contracts, call)),
    results: outcome.ok ? outcome.results.map(valueToJson) : [],
    events: outcome.ok
      ? outcome.events.map(([contract, name, data]) => ({
          contract,
          name,
          data: valueToJson(data),
        }))
      : [],
  };
}

function failureView(outcome: Outcome): Json {
  if (outcome.ok) return null;
  const { call, code, message, data } = outcome;
  return { call, code, message, data: valueToJson(data) };
}

export function printTransaction(world: World, view: TransactionView): void {
  const { out } = world;
  const style = styleOf(out);
  out.write(`${style.title('transaction')} ${style.name(view.transaction)}\n`);
  printFields(
    out,
    [
      ['outcome', outcomeText(style, view)],
      ['place', `block ${view.height}, position ${view.position}`],
      ['block time', utc(view.time)],
      ['from', view.from],
      ['nonce', view.nonce],
      ...(view.validUntil === null ? [] : [['valid until', utc(view.validUntil)] as const]),
      ['calls', count(view.calls.length, 'call')],
    ],
    '  ',
  );
  for (const [at, { contract, method, args }] of view.calls.slice(0, CALLS_SHOWN).entries()) {
    const result = Array.isArray(view.results) ? cellText(view.results[at]) : '';
    const gave = result === '' ? '' : style.dim(` → ${result}`);
    out.write(`    ${style.dim(`${at}`)}  ${contract}.${method} ${fieldsText(args)}${gave}\n`);
  }
  const more = view.calls.length - CALLS_SHOWN;
  if (more > 0) out.write(style.dim(`    and ${count(more, 'call')} more; --json has them all\n`));
}

function outcomeText(style: Style, { ok, failure }: TransactionView): string {
  if (ok) return style.good('✓ done');
  const { code, message, call } = failure as { code: string; message: string; call: number };
  return `${style.bad(`✗ refused: ${visible(code)}`)} ${visible(message)} (call ${call})`;
}
