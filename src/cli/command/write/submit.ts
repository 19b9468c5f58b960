/**
 * `tally submit`: one call, or a transaction that somebody signed elsewhere.
 * It must never say that something is recorded before its block is on the disk.
 */

import { readFileSync } from 'node:fs';
import type { Value } from '../../../bytes/cbor.ts';
import { decodeHex } from '../../../bytes/hex.ts';
import { Refusal } from '../../../bytes/refusal.ts';
import type { TransactionResult } from '../../../contract/calls.ts';
import { suggest } from '../../../contract/near.ts';
import { argsFromJson, fromText, type TextOptions } from '../../../contract/schema/json.ts';
import type { Row } from '../../../contract/schema/row.ts';
import type { CallRequest } from '../../../node/ledger-types.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { keyFile } from '../../folder/keys.ts';
import { type FoundMethod, findMethod } from '../../folder/names.ts';
import { type OpenedLedger, type WriteOptions, writing } from '../../folder/open.ts';
import { passphraseFor } from '../../folder/passphrase.ts';
import { parsePairs } from '../../import/mapping.ts';
import { printJson, valueToJson } from '../../output/json.ts';
import { styleOf } from '../../output/style.ts';
import { printFields, visible } from '../../output/table.ts';
import { utc } from '../../output/words.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

export interface SubmitOptions extends WriteOptions, JsonOption {
  /** Arguments as a JSON object. */
  readonly args?: string;
  readonly envelope?: string;
  /** Another account that signs; the owner's key seals the block all the same. */
  readonly as?: string;
  readonly nonce?: string;
  readonly timeZone?: string;
}

const ENVELOPE_BYTES_MAX = 16 * 1024 * 1024;

export async function submit(
  world: World,
  folder: string,
  call: string | undefined,
  pairs: readonly string[],
  options: SubmitOptions,
): Promise<ExitCode> {
  if ((call === undefined) === (options.envelope === undefined)) {
    throw new Refusal('USAGE', 'name a call, or a signed transaction with --envelope', {
      next: 'tally submit <folder> contract.method argument=value …',
    });
  }
  return writing(world, folder, options, async (opened) => {
    const result =
      call === undefined
        ? await opened.ledger.submit(readEnvelope(options.envelope ?? ''))
        : await submitCall(world, opened, call, pairs, options);
    if (options.json === true) printJson(world.out, resultToJson(result));
    else printResult(world, result);
    return EXIT.ok;
  });
}

async function submitCall(
  world: World,
  { ledger, contracts }: OpenedLedger,
  call: string,
  pairs: readonly string[],
  options: SubmitOptions,
): Promise<TransactionResult> {
  const found = findMethod(contracts, call);
  const request: CallRequest = {
    contract: found.contract,
    method: found.name,
    args: argsOf(found, pairs, options),
  };
  const sender = options.as === undefined ? ledger : ledger.as(await accountOf(world, options));
  const nonce = options.nonce === undefined ? {} : { nonce: decodeHex(options.nonce, 16) };
  return sender.transact([request], nonce);
}

async function accountOf(world: World, options: SubmitOptions) {
  const { loadKey } = await import('../../../node/driver/keystore.ts');
  const file = keyFile(world, options.as ?? '');
  return (await loadKey(file, await passphraseFor(world, file, options))).account;
}

/** `argument=value` as text, or all of them as JSON. Throws USAGE, ARGUMENT_INVALID. */
function argsOf(found: FoundMethod, pairs: readonly string[], options: SubmitOptions): Row {
  const { method } = found;
  const zone: TextOptions = options.timeZone === undefined ? {} : { timeZone: options.timeZone };
  if (options.args !== undefined) {
    if (pairs.length === 0) return argsFromJson(method, parseJson(options.args), zone);
    throw new Refusal('USAGE', 'arguments are given twice', {
      next: 'give argument=value …, or --args, not both',
    });
  }
  const given = parsePairs(pairs, 'argument=value');
  const names = Object.keys(method.args);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const what = `${found.contract}.${found.name} has no argument ${unknown}`;
    throw new Refusal('ARGUMENT_INVALID', what, { next: suggest(unknown, names) });
  }
  return Object.fromEntries(
    Object.entries(method.args).map(([name, column]) => {
      const text = given[name];
      if (text !== undefined || column.optional)
        return [name, fromText(column, text ?? '', name, zone)];
      const what = `${found.contract}.${found.name} needs the argument ${name}`;
      throw new Refusal('ARGUMENT_INVALID', what, { data: { name }, next: `give ${name}=…` });
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Refusal('USAGE', '--args is not JSON', { cause, next: `--args '{"name": "value"}'` });
  }
}

/** The bytes themselves, or their 0x… text. Throws NOT_FOUND, HEX_INVALID. */
function readEnvelope(file: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new Refusal('NOT_FOUND', `there is no file ${file}`, { cause, next: 'check the path' });
  }
  if (bytes.length > ENVELOPE_BYTES_MAX) {
    throw new Refusal('TRANSACTION_TOO_LARGE', `${file} has ${bytes.length} bytes`);
  }
  const isText = bytes[0] === 0x30 && bytes[1] === 0x78;
  return isText ? decodeHex(Buffer.from(bytes).toString('latin1').trim()) : bytes;
}

function resultToJson({ id, height, position, time, results, events }: TransactionResult) {
  return {
    transaction: id,
    height,
    position,
    time,
    results: valueToJson([...results] as Value[]),
    events: events.map(({ contract, name, data }) => ({ contract, name, data: valueToJson(data) })),
  };
}

function printResult(world: World, result: TransactionResult): void {
  const { out } = world;
  const style = styleOf(out);
  const { id, height, position, time, results, events } = result;
  out.write(`${style.good('✓')} recorded in block ${height}, position ${position}\n`);
  const told = results.map((value) => visible(JSON.stringify(valueToJson(value))));
  printFields(
    out,
    [
      ['transaction', style.name(id)],
      ['block time', utc(time)],
      ['result', told.join(', ')],
      ...events.map(({ contract, name, data }): [string, string] => [
        'event',
        `${contract}.${name} ${visible(JSON.stringify(valueToJson(data)))}`,
      ]),
    ],
    '  ',
  );
}
