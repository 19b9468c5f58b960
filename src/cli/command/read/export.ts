/**
 * `tally export`: all blocks in a portable file, or the rows of a table.
 * It must never hold more than a part of a large ledger in memory.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import { Refusal } from '../../../bytes/refusal.ts';
import { rowToJson } from '../../../contract/schema/json.ts';
import type { Row } from '../../../contract/schema/row.ts';
import { openFolder } from '../../../node/driver/folder.ts';
import { BlockStore } from '../../../storage/block-store.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { type ExportFormat, exportBlocks } from '../../export/blocks.ts';
import { type FoundTable, findTable } from '../../folder/names.ts';
import { assertLedger, type OpenedLedger, type ReadOptions, reading } from '../../folder/open.ts';
import { csvLine } from '../../output/csv.ts';
import { printJsonLine } from '../../output/json.ts';
import { startProgress } from '../../output/progress.ts';
import { count } from '../../output/words.ts';
import { tableOf } from '../../show/row.ts';
import type { Output, World } from '../../world.ts';

export interface ExportOptions extends ReadOptions {
  readonly table?: string;
  readonly format?: 'ndjson' | 'cbor' | 'csv';
  readonly out?: string;
}

/** Rows read at once. */
const PAGE_ROWS = 1000;

export async function exportLedger(
  world: World,
  folder: string,
  options: ExportOptions,
): Promise<ExitCode> {
  const { table, format = 'ndjson' } = options;
  if (table === undefined ? format === 'csv' : format === 'cbor') {
    const [what, forms] =
      table === undefined ? ['blocks', 'ndjson or cbor'] : ['rows', 'csv or ndjson'];
    throw new Refusal('USAGE', `${what} are not exported as ${format}`, { next: `use ${forms}` });
  }
  if (format === 'cbor' && options.out === undefined && world.out.isTerminal) {
    throw new Refusal('USAGE', 'CBOR is not for terminals', { next: 'give --out <file>' });
  }
  const out = options.out === undefined ? null : openFile(options.out);
  try {
    const done =
      table === undefined
        ? await writeBlocks(world, folder, format as ExportFormat, out ?? world.out)
        : await writeRows(world, folder, table, format === 'csv', options, out ?? world.out);
    if (out !== null) world.err.write(`${done} written to ${options.out}\n`);
  } finally {
    out?.close();
  }
  return EXIT.ok;
}

async function writeBlocks(
  world: World,
  folder: string,
  format: ExportFormat,
  out: Output,
): Promise<string> {
  assertLedger(folder);
  const opened = await openFolder(folder, { readOnly: true });
  const view = opened.log.snapshot();
  try {
    const blocks = new BlockStore(view);
    const total = blocks.head().height + 1;
    const progress = await startProgress(world.err, 'exporting', total, !world.err.isTerminal);
    let done = 0;
    for (const record of exportBlocks(blocks, format)) {
      world.signal.throwIfAborted();
      out.write(record);
      await out.drained();
      progress.update(done++);
    }
    progress.stop();
    return count(total, 'block');
  } finally {
    view.close();
    await opened.release();
  }
}

async function writeRows(
  world: World,
  folder: string,
  name: string,
  isCsv: boolean,
  options: ReadOptions,
  out: Output,
): Promise<string> {
  const rows = await reading(world, folder, options, async (opened) => {
    const found = findTable(opened.contracts, name);
    const columns = Object.keys(found.table.columns);
    if (isCsv) out.write(csvLine(columns));
    let rows = 0;
    for (const row of rowsOf(opened, found)) {
      world.signal.throwIfAborted();
      const json = rowToJson(found.table, row);
      if (isCsv) out.write(csvLine(columns.map((column) => cellOf(json[column]))));
      else printJsonLine(out, json);
      rows++;
      if (rows % PAGE_ROWS === 0) await out.drained();
    }
    return rows;
  });
  return count(rows, 'row');
}

function cellOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** Page by page in the order of the key, each from the last row of the one before. */
function* rowsOf({ ledger }: OpenedLedger, found: FoundTable): Generator<Row> {
  const table = tableOf(ledger, found);
  const keyOf = (row: Row) => found.table.key.map((column) => row[column]);
  let last: Row | undefined;
  for (;;) {
    const from = last === undefined ? {} : { from: keyOf(last) };
    const page = table.range({ ...from, limit: PAGE_ROWS });
    const rows = last === undefined ? page : page.slice(1);
    yield* rows;
    if (page.length < PAGE_ROWS) return;
    last = rows.at(-1);
  }
}

interface OutputFile extends Output {
  close(): void;
}

/** A new file; nothing is written over. */
function openFile(path: string): OutputFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx');
  } catch (cause) {
    throw new Refusal('FOLDER_EXISTS', `${path} exists, or cannot be written`, {
      cause,
      next: 'name another file',
    });
  }
  return {
    write(text) {
      writeSync(descriptor, typeof text === 'string' ? Buffer.from(text) : text);
    },
    drained: () => Promise.resolve(),
    ...{ isTerminal: false, hasColor: false, columns: 0 },
    close: () => closeSync(descriptor),
  };
}
