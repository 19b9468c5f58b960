/**
 * `tally import`: the lines of a file as calls of a method; resumable, each line once.
 * It must never know how a line is read or sent: `cli/import/` does.
 */

import { encode } from '../../../bytes/cbor.ts';
import { encodeHex } from '../../../bytes/hex.ts';
import type { Method } from '../../../contract/definition.ts';
import { hash } from '../../../crypto/hash.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { findMethod } from '../../folder/names.ts';
import { type OpenedLedger, type WriteOptions, writing } from '../../folder/open.ts';
import { type Batch, batchesOf } from '../../import/batch.ts';
import { Journal } from '../../import/journal.ts';
import { parseMap, parsePairs, planMapping } from '../../import/mapping.ts';
import { type BadLine, ImportOutcome, type OutcomeFiles } from '../../import/outcome.ts';
import { Sender } from '../../import/sender.ts';
import { type FileFormat, openSource, type Source } from '../../import/source.ts';
import { warn } from '../../output/error.ts';
import { printJson } from '../../output/json.ts';
import { startProgress } from '../../output/progress.ts';
import { styleOf } from '../../output/style.ts';
import { visible } from '../../output/table.ts';
import { count, duration, grouped, rate } from '../../output/words.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

export interface ImportOptions extends WriteOptions, OutcomeFiles, JsonOption {
  readonly method: string;
  readonly map?: string;
  readonly constant?: readonly string[];
  readonly timeZone?: string;
  readonly batch: number;
  readonly strict?: boolean;
  readonly again?: boolean;
  readonly format?: FileFormat;
  readonly delimiter?: string;
}

/** Batches on their way at once: they share blocks, and the next are read meanwhile. */
const IN_FLIGHT = 8;
const BAD_SHOWN_MAX = 20;

export interface ImportSummary {
  readonly file: string;
  readonly method: string;
  readonly lines: number;
  readonly imported: number;
  readonly already: number;
  readonly bad: number;
  readonly badLines: readonly BadLine[];
  readonly firstHeight: number | null;
  readonly lastHeight: number | null;
  readonly ms: number;
  readonly linesPerSecond: number;
  readonly interrupted: boolean;
}

export async function importFile(
  world: World,
  folder: string,
  file: string,
  options: ImportOptions,
): Promise<ExitCode> {
  return writing(world, folder, options, async (opened) => {
    const summary = await importInto(world, folder, opened, file, options);
    // Before the ledger is closed: what closing meets changes nothing of what is on the disk.
    if (options.json === true) printJson(world.out, summary);
    else printSummary(world, summary);
    if (summary.interrupted) return EXIT.interrupted;
    return summary.bad > 0 ? EXIT.refused : EXIT.ok;
  });
}

/** Imports into an open ledger. Throws IMPORT_INVALID, USAGE, METHOD_UNKNOWN. */
export async function importInto(
  world: World,
  folder: string,
  { ledger, contracts }: OpenedLedger,
  file: string,
  options: ImportOptions,
): Promise<ImportSummary> {
  const start = performance.now();
  const { contract, name, method } = findMethod(contracts, options.method);
  const source = await openSource(file, world.input, options);
  const journal = new Journal(folder, importName(options));
  const outcome = new ImportOutcome(options, source.header?.raw ?? null, shower(world, options));
  try {
    const mapping = planFor(world, method, source, options);
    const identity = { method: options.method, mapping: mapping.identity };
    const settings = { isStrict: options.strict === true, isAgain: options.again === true };
    const sender = new Sender(
      ledger,
      journal,
      { ...identity, ...settings, contract, methodName: name, file: source.name },
      outcome,
    );
    const batches = batchesOf(source.records(), mapping, options.batch);
    await sendAll(world, source, batches, sender, outcome, options);
  } finally {
    await source.close();
    journal.close();
    outcome.close();
  }
  const ms = Math.round(performance.now() - start);
  return summaryOf(source, options.method, outcome, ms, world.signal.aborted);
}

/** One batch at a time where the first bad line must stop everything after it. */
async function sendAll(
  world: World,
  source: Source,
  batches: AsyncIterable<Batch>,
  sender: Sender,
  outcome: ImportOutcome,
  { strict, json }: ImportOptions,
): Promise<void> {
  const most = strict === true ? 1 : IN_FLIGHT;
  const progress = await startProgress(world.err, 'importing', source.bytes, json === true);
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | null = null;
  try {
    for await (const batch of batches) {
      const sending = sender.send(batch).catch((error: unknown) => {
        failure ??= { error };
      });
      underWay.add(sending);
      void sending.then(() => underWay.delete(sending));
      if (underWay.size >= most) await Promise.race(underWay);
      progress.update(source.bytesRead(), `${grouped(outcome.done)} lines`);
      if (failure !== null || world.signal.aborted) break;
    }
  } finally {
    // What was sent is answered before anything is said: an interruption loses nothing.
    await Promise.all(underWay);
    progress.stop();
  }
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
}

function planFor(world: World, method: Method, source: Source, options: ImportOptions) {
  const mapping = planMapping(options.method, method, source.header?.names ?? null, {
    columns: options.map === undefined ? {} : parseMap(options.map),
    constants: parsePairs(options.constant ?? [], '--constant argument=value'),
    timeZone: options.timeZone,
  });
  if (mapping.unused.length > 0 && options.json !== true) {
    const names = mapping.unused.map(visible).join(', ');
    world.err.write(`${styleOf(world.err).dim(`columns left out: ${names}`)}\n`);
  }
  return mapping;
}

/** Tells imports of one ledger apart in the journal. */
function importName({ method, batch }: ImportOptions): string {
  return encodeHex(hash('tallystick/import/1', encode([method, batch])).subarray(0, 8));
}

function shower(world: World, { json, strict }: ImportOptions): (bad: BadLine) => void {
  let shown = 0;
  return ({ line, reason }) => {
    shown++;
    if (json === true || strict === true || shown > BAD_SHOWN_MAX) return;
    const style = styleOf(world.err);
    world.err.write(`${style.warn(`line ${line}:`)} ${visible(reason)}\n`);
    if (shown === BAD_SHOWN_MAX) warn(world, 'more bad lines are counted, and not shown');
  };
}

function summaryOf(
  source: Source,
  method: string,
  outcome: ImportOutcome,
  ms: number,
  interrupted: boolean,
): ImportSummary {
  const { imported, already, badCount, bad, firstHeight, lastHeight, done } = outcome;
  return {
    ...{ file: source.name, method, lines: done, imported, already, bad: badCount },
    ...{ badLines: bad, firstHeight, lastHeight, ms, interrupted },
    linesPerSecond: rate(done, ms),
  };
}

function printSummary(world: World, summary: ImportSummary): void {
  const { out } = world;
  const style = styleOf(out);
  const { lines, imported, already, bad, firstHeight, lastHeight, ms, linesPerSecond } = summary;
  const mark = bad > 0 || summary.interrupted ? style.warn('!') : style.good('✓');
  const blocks =
    firstHeight === null || lastHeight === null
      ? ''
      : firstHeight === lastHeight
        ? ` in block ${firstHeight}`
        : ` in blocks ${firstHeight} to ${lastHeight}`;
  const parts = [
    `${count(imported, 'line')} imported${blocks}`,
    ...(already > 0 ? [`${grouped(already)} already there`] : []),
    ...(bad > 0 ? [`${grouped(bad)} bad`] : []),
  ];
  out.write(`${mark} ${parts.join(', ')}\n`);
  const speed = `${count(lines, 'line')} in ${duration(ms)}, ${grouped(linesPerSecond)} a second`;
  out.write(`  ${style.dim(speed)}\n`);
  if (summary.interrupted) {
    out.write('  interrupted: run the same command again, and it goes on where it stopped\n');
  }
}
