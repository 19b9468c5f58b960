/**
 * What checking a bundle found, step by step, and what the bundle says.
 * It must never call good what a check did not pass.
 */

import { decode, type Value } from '../../bytes/cbor.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { keyFromBytes } from '../../bytes/ordered-key.ts';
import type { Json } from '../../contract/schema/json.ts';
import { addressOf } from '../../crypto/account.ts';
import type { Bundle, Verdict } from '../../ledger/proof/verify.ts';
import { parseRowKey } from '../../ledger/state-key.ts';
import { valueToJson } from '../output/json.ts';
import { styleOf } from '../output/style.ts';
import { printFields, visible } from '../output/table.ts';
import { utc } from '../output/words.ts';
import type { World } from '../world.ts';
import { callView, fieldsText } from './call.ts';

const NAME_WIDTH = 12;
const CALLS_SHOWN = 5;

export function printVerdict(world: World, verdict: Verdict): void {
  const { out } = world;
  const style = styleOf(out);
  for (const { name, ok, says } of verdict.checks) {
    const mark = ok ? style.good('✓') : style.bad('✗');
    out.write(`${mark} ${name.padEnd(NAME_WIDTH)}${visible(says)}\n`);
  }
}

/** What the bundle proves, in words. REQUIRES a verdict that is ok. */
export function printSubject(world: World, verdict: Verdict): void {
  const { header } = verdict;
  const fields: [string, string][] = [...transactionFields(verdict), ...rowFields(verdict.bundle)];
  if (header !== undefined) fields.push(['block time', utc(header.time)]);
  printFields(world.out, fields, '  ');
}

function transactionFields({ transaction }: Verdict): [string, string][] {
  if (transaction === undefined) return [];
  const calls = transaction.calls.slice(0, CALLS_SHOWN).map((call): [string, string] => {
    const { contract, method, args } = callView([], call);
    return ['call', `${visible(contract)}.${visible(method)} ${fieldsText(args)}`];
  });
  const more = transaction.calls.length - CALLS_SHOWN;
  return [
    ['transaction', encodeHex(transaction.id)],
    ['from', addressOf(transaction.from)],
    ...calls,
    ...(more > 0 ? [['', `and ${more} calls more`] as [string, string]] : []),
  ];
}

function rowFields(bundle: Bundle | undefined): [string, string][] {
  const row = bundle === undefined ? null : rowJson(bundle);
  if (row === null) return [];
  const place = `${row.contract}.${row.table} ${row.key.map((part) => fieldsText(part)).join(' ')}`;
  return [
    ['row', visible(place)],
    ['record', row.record === null ? 'none' : visible(JSON.stringify(row.record))],
  ];
}

interface RowJson {
  readonly contract: string;
  readonly table: string;
  readonly key: Json[];
  readonly record: Json;
}

/** The row that a bundle is about; null when it is about a transaction. */
export function rowJson({ subject }: Bundle): RowJson | null {
  if (subject.kind !== 'row') return null;
  const place = parseRowKey(keyFromBytes(subject.key));
  const record = subject.record === null ? null : valueToJson(decode(subject.record));
  const { contract = '', table = '', key = [] } = place ?? {};
  return { contract, table, key: key.map((part) => valueToJson(part as Value)), record };
}
