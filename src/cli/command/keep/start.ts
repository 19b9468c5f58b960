/**
 * `tally start`: a bakery's ledger from nothing to a proof, in one command.
 * It must never import the sample into a ledger that has sales.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { verify } from '../../../ledger/proof/verify.ts';
import { isLedgerFolder } from '../../../node/driver/folder.ts';
import type { Ledger } from '../../../node/ledger.ts';
import { runReport } from '../../../sql/report/report.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { applicationFolder, loadReferences } from '../../folder/contracts.ts';
import { createFolder } from '../../folder/create.ts';
import { findTable } from '../../folder/names.ts';
import { type OpenedLedger, reading, type WriteOptions, writing } from '../../folder/open.ts';
import { styleOf } from '../../output/style.ts';
import { visible } from '../../output/table.ts';
import { count, utc } from '../../output/words.ts';
import { cellText } from '../../show/call.ts';
import { printAnswer } from '../../show/report.ts';
import { tableOf } from '../../show/row.ts';
import { printVerdict } from '../../show/verdict.ts';
import type { World } from '../../world.ts';
import { reportsOf } from '../read/sql.ts';
import { importInto } from '../write/import.ts';

export type StartOptions = Omit<WriteOptions, 'contract'>;

const APPLICATION = 'sales';
const SALES = 'sales.sale';
const REPORTS = ['sales-volume', 'quantity-per-product', 'performance-per-day'];
/** Where the bakery of the sample is. */
const TIME_ZONE = 'Europe/Luxembourg';
const BATCH = 500;

export async function start(
  world: World,
  folder: string,
  options: StartOptions,
): Promise<ExitCode> {
  const { out } = world;
  const style = styleOf(out);
  out.write(`${style.title('Tallystick')}  a bakery’s sales, in order and provable\n\n`);
  if (!isLedgerFolder(folder)) await create(world, folder, options);
  await writing(world, folder, options, (opened) => fill(world, folder, opened));
  await reading(world, folder, {}, async (opened) => {
    await printReports(world, opened);
    await proveOne(world, opened);
    finish(world, folder, opened.ledger);
  });
  return EXIT.ok;
}

async function create(world: World, folder: string, options: StartOptions): Promise<void> {
  const loaded = await loadReferences([{ application: APPLICATION }]);
  const { keyFile } = await createFolder(world, folder, loaded, options);
  const style = styleOf(world.out);
  world.out.write(`${style.good('✓')} made a ledger in ${folder}, sealed by the key ${keyFile}\n`);
}

async function fill(world: World, folder: string, opened: OpenedLedger): Promise<void> {
  const { out } = world;
  const style = styleOf(out);
  const { ledger, contracts } = opened;
  const rows = tableOf(ledger, findTable(contracts, SALES)).range({ limit: 1 });
  const { height } = ledger.head;
  if (rows.length > 0) {
    out.write(`${style.good('✓')} opened the ledger in ${folder}, at block ${height}\n`);
    return;
  }
  const app = applicationFolder(APPLICATION);
  const map = path.join(app, 'import.json');
  const { imported } = await importInto(world, folder, opened, path.join(app, 'sample.csv'), {
    method: `${APPLICATION}.record`,
    ...(existsSync(map) ? { map } : {}),
    timeZone: TIME_ZONE,
    batch: BATCH,
    json: true,
  });
  const signed = 'one signed transaction, one block on the disk';
  out.write(`${style.good('✓')} imported ${count(imported, 'line')} of a sample: ${signed}\n`);
}

async function printReports(world: World, { ledger, references }: OpenedLedger): Promise<void> {
  const { out } = world;
  const style = styleOf(out);
  const reports = reportsOf(references);
  for (const name of REPORTS) {
    const report = reports.find((candidate) => candidate.name === name);
    if (report === undefined) continue;
    out.write(`\n${style.title(report.title)}\n`);
    const answer = await runReport({ query: (...args) => ledger.sql(...args) }, report);
    printAnswer(world, answer, '  ');
  }
}

/** Proves the sale that is first in time, and checks the proof as a customer would. */
async function proveOne(world: World, { ledger, contracts }: OpenedLedger): Promise<void> {
  const { out } = world;
  const style = styleOf(out);
  const table = tableOf(ledger, findTable(contracts, SALES));
  const [sale] = table.range({ index: 'byTime', limit: 1 });
  if (sale === undefined) return;
  const [version] = table.history(sale.id);
  const bundle = await ledger.prove(version?.transaction ?? '');
  const { time, product, quantity } = sale;
  const line = `${quantity} × ${visible(String(product))}, ${utc(Number(time))}`;
  out.write(`\n${style.title('One line proved')}  ${line}\n`);
  printVerdict(indented(world), await verify(bundle, ledger.chain));
  const size = cellText(bundle.length);
  out.write(`  ${style.dim(`${size} bytes that anyone can check, without this ledger`)}\n`);
}

function indented(world: World): World {
  const { out } = world;
  return { ...world, out: { ...out, write: (text) => out.write(`  ${text}`) } };
}

function finish(world: World, folder: string, { chain, head }: Ledger): void {
  const { out } = world;
  const style = styleOf(out);
  const tally = world.env.npm_lifecycle_event === undefined ? 'tally' : 'npm run -s tally --';
  const sale = `product=brioche price=2.40 quantity=1 time=${nowText(head.time)}`;
  const commands: [string, string][] = [
    [`${tally} show ${folder}`, 'the last blocks'],
    [`${tally} sql ${folder} --report quantity-per-product`, 'a report by itself'],
    [`${tally} submit ${folder} sales.record ${sale}`, 'record a sale'],
    [`${tally} verify ${folder}`, 'check everything again, from the first block'],
    [`${tally} --help`, 'all commands'],
  ];
  out.write(`\n${style.good('✓')} ${style.title('Everything holds.')} `);
  out.write(`The ledger is in ${folder}; its chain is\n  ${style.name(chain)}\n\n`);
  out.write(`${style.title('Next')}\n`);
  for (const [command, does] of commands) out.write(`  ${command}\n      ${style.dim(does)}\n`);
}

/** A time to type: that of the last block. */
function nowText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16)}Z`;
}
