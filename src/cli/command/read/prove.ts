/**
 * `tally prove`: a bundle of a transaction or a row, to be checked by anyone, anywhere.
 * It must never write over a file.
 */

import { existsSync, writeFileSync } from 'node:fs';
import { encodeHex } from '../../../bytes/hex.ts';
import { Refusal } from '../../../bytes/refusal.ts';
import { verify } from '../../../ledger/proof/verify.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { findTable, parseKey } from '../../folder/names.ts';
import { type OpenedLedger, type ReadOptions, reading } from '../../folder/open.ts';
import { printJson } from '../../output/json.ts';
import { styleOf } from '../../output/style.ts';
import { size } from '../../output/words.ts';
import { tableOf } from '../../show/row.ts';
import { findTransaction } from '../../show/transaction.ts';
import { printVerdict } from '../../show/verdict.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

export interface ProveOptions extends ReadOptions, JsonOption {
  readonly out?: string;
  readonly anchor?: boolean;
}

interface Proved {
  readonly bundle: Uint8Array;
  /** A name for its file. */
  readonly name: string;
}

const FORMS = '`prove <folder> transaction <id>` or `prove <folder> row <contract.table> <key>`';

export async function prove(
  world: World,
  folder: string,
  what: string,
  words: readonly string[],
  options: ProveOptions,
): Promise<ExitCode> {
  if (what !== 'transaction' && what !== 'row') throw usage(`prove does not know "${what}"`);
  const { bundle, name, chain } = await reading(world, folder, options, async (opened) => {
    const proved =
      what === 'row'
        ? await proveRow(opened, words)
        : await proveTransaction(opened, words, options.anchor === true);
    return { ...proved, chain: opened.ledger.chain };
  });
  const file = options.out ?? `${name}.tally-proof`;
  if (existsSync(file)) {
    throw new Refusal('FOLDER_EXISTS', `${file} exists already`, { next: 'name another: --out' });
  }
  // A proof that does not hold is a fault of ours, and must not leave this machine.
  const verdict = await verify(bundle, chain);
  if (!verdict.ok)
    throw new Error(`assertion: the proof does not hold: ${verdict.checks.at(-1)?.says}`);
  writeFileSync(file, bundle, { flag: 'wx' });
  if (options.json === true) {
    printJson(world.out, { file, bytes: bundle.length, chain, bundle: encodeHex(bundle) });
    return EXIT.ok;
  }
  const style = styleOf(world.out);
  printVerdict(world, verdict);
  world.out.write(
    `\n${style.good('✓')} written to ${style.title(file)} (${size(bundle.length)})\n`,
  );
  world.out.write(`  ${style.dim('anyone can check it:')} tally verify ${file} --chain ${chain}\n`);
  return EXIT.ok;
}

async function proveTransaction(
  { ledger }: OpenedLedger,
  words: readonly string[],
  anchor: boolean,
): Promise<Proved> {
  if (words.length !== 1) throw usage('a transaction is proved by its id');
  const { id } = findTransaction(ledger, words[0] ?? '');
  return { bundle: await ledger.prove(id, { anchor }), name: id.slice(2, 14) };
}

async function proveRow(
  { ledger, contracts }: OpenedLedger,
  [table = '', ...key]: readonly string[],
): Promise<Proved> {
  const found = findTable(contracts, table);
  const bundle = await tableOf(ledger, found).prove(parseKey(found, key));
  return { bundle, name: `${table}-${key.join('-')}`.replace(/[^\w.-]+/g, '_').slice(0, 60) };
}

function usage(what: string): Refusal {
  return new Refusal('USAGE', what, { next: FORMS });
}
