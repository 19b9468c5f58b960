/**
 * `tally verify`: a bundle, or a whole folder, offline.
 * It must never write to what it verifies, nor believe the chain that a bundle brings.
 */

import { readFileSync, statSync } from 'node:fs';
import { decodeHex, encodeHex } from '../../../bytes/hex.ts';
import { Refusal } from '../../../bytes/refusal.ts';
import { addressOf } from '../../../crypto/account.ts';
import { type Verdict, verify } from '../../../ledger/proof/verify.ts';
import type { VerifyReport } from '../../../node/verify/verify-ledger.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { ReadOptions } from '../../folder/open.ts';
import { printJson } from '../../output/json.ts';
import { startProgress } from '../../output/progress.ts';
import { styleOf } from '../../output/style.ts';
import { printFields, visible } from '../../output/table.ts';
import { count, duration, grouped } from '../../output/words.ts';
import { callView } from '../../show/call.ts';
import { printSubject, printVerdict, rowJson } from '../../show/verdict.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

export interface VerifyOptions extends ReadOptions, JsonOption {
  readonly chain?: string;
}

const FINDINGS_SHOWN = 20;

export async function verifyThing(
  world: World,
  path: string,
  options: VerifyOptions,
): Promise<ExitCode> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new Refusal('NOT_FOUND', `there is no file or folder ${path}`, {
      next: 'check the path',
    });
  }
  if (found.isDirectory()) return verifyLedgerFolder(world, path, options);
  return verifyBundle(world, path, options);
}

async function verifyBundle(
  world: World,
  path: string,
  { chain, json }: VerifyOptions,
): Promise<ExitCode> {
  if (chain === undefined) {
    throw new Refusal('USAGE', 'a bundle is checked against a chain that you trust', {
      next: 'give --chain 0x…, from the owner of the ledger and not from whoever sent the bundle',
    });
  }
  const verdict = await verify(readFileSync(path), decodeHex(chain, 32));
  if (json === true) printJson(world.out, verdictJson(path, verdict));
  else printBundle(world, path, verdict);
  return verdict.ok ? EXIT.ok : EXIT.refused;
}

function printBundle(world: World, path: string, verdict: Verdict): void {
  const { out } = world;
  const style = styleOf(out);
  printVerdict(world, verdict);
  out.write('\n');
  if (!verdict.ok) {
    out.write(`${style.bad('✗')} ${path} does not prove what it says\n`);
    return;
  }
  out.write(`${style.good('✓')} ${path} holds\n`);
  printSubject(world, verdict);
}

function verdictJson(file: string, verdict: Verdict): object {
  const { ok, checks, bundle, header, transaction, receipt } = verdict;
  return {
    ...{ file, ok, checks },
    chain: bundle === undefined ? null : encodeHex(bundle.chain),
    height: header?.height ?? null,
    time: header?.time ?? null,
    transaction:
      transaction === undefined
        ? null
        : {
            id: encodeHex(transaction.id),
            from: addressOf(transaction.from),
            ok: receipt?.outcome.ok ?? null,
            calls: transaction.calls.map((call) => callView([], call)),
          },
    row: bundle === undefined ? null : rowJson(bundle),
  };
}

async function verifyLedgerFolder(
  world: World,
  folder: string,
  options: VerifyOptions,
): Promise<ExitCode> {
  const start = performance.now();
  const report = await verifyWithProgress(world, folder, options);
  const ms = Math.round(performance.now() - start);
  if (options.json === true) printJson(world.out, { folder, ...report, ms });
  else printReport(world, folder, report, ms);
  return report.ok ? EXIT.ok : EXIT.damaged;
}

/** Also for `restore`, which trusts nothing that was not verified. */
export async function verifyWithProgress(
  world: World,
  folder: string,
  { chain, contract, json }: VerifyOptions,
): Promise<VerifyReport> {
  const { contractsOf } = await import('../../folder/contracts.ts');
  const { verifyFolder } = await import('../../../node/driver/verify-folder.ts');
  const { contracts } = await contractsOf(folder, contract);
  const progress = await startProgress(world.err, 'verifying', 1, json === true);
  try {
    return await verifyFolder(folder, {
      contracts,
      ...(chain === undefined ? {} : { chain: decodeHex(chain, 32) }),
      onProgress: (done, total) => {
        world.signal.throwIfAborted();
        progress.update((done + 1) / (total + 1), `block ${grouped(done)} of ${grouped(total)}`);
      },
    });
  } finally {
    progress.stop();
  }
}

function printReport(world: World, folder: string, report: VerifyReport, ms: number): void {
  const { out } = world;
  const style = styleOf(out);
  const { ok, chain, name, height, transactions, findings, count: all } = report;
  if (!ok) {
    out.write(`${style.bad('✗')} ${folder} is damaged, or was altered: ${count(all, 'finding')}\n`);
    for (const { area, where, what } of findings.slice(0, FINDINGS_SHOWN)) {
      out.write(`  ${style.bad(area.padEnd(8))} ${style.title(visible(where))} ${visible(what)}\n`);
    }
    const more = all - Math.min(findings.length, FINDINGS_SHOWN);
    if (more > 0) out.write(style.dim(`  and ${count(more, 'finding')} more\n`));
    if (height >= 0) out.write(`  ${style.dim(`sound up to block ${grouped(height)}`)}\n`);
    out.write(`  ${style.dim('next: restore it from a backup; keep this folder to look into')}\n`);
    return;
  }
  const size = `${count(height + 1, 'block')}, ${count(transactions, 'transaction')}`;
  out.write(`${style.good('✓')} ${style.title(folder)} holds: ${size}, in ${duration(ms)}\n`);
  const checked =
    'every signature and seal, every call run again, every root and stored byte compared';
  printFields(
    out,
    [
      ['name', visible(name)],
      ['chain', style.name(chain)],
      ['checked', checked],
    ],
    '  ',
  );
}
