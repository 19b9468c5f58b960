/**
 * Runs one bench in this process, so that no table inherits the heap of another.
 * It must never choose which.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sayDone } from '../load/fixture.ts';
import { describeMachine, machineLine } from './machine.ts';
import { type Options, parseOptions } from './options.ts';
import { formatTable, type Table, tableJson } from './table.ts';

const options = parseOptions(process.argv.slice(2));
const { run } = (await import(`../${options.only}.ts`)) as {
  run(options: Options): Promise<Table>;
};
const table = await run(options);
sayDone();
const machine = describeMachine(options.folder);
const text = formatTable(table);
const json = JSON.stringify({ machine, ...tableJson(table) }, null, 1);
process.stdout.write(options.json ? `${json}\n` : `${text}\n`);
if (options.save) {
  const folder = fileURLToPath(new URL('../results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${table.name}.md`, `${text}\n${machineLine(machine)}\n`);
  writeFileSync(`${folder}${table.name}.json`, `${json}\n`);
}
