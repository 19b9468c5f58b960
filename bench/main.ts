/**
 * The bench: runs one table after another, each in a process of its own, and prints them.
 * It must never measure anything itself.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeMachine, machineLine } from './report/machine.ts';
import { type Options, parseOptions, USAGE } from './report/options.ts';

/** In the order of the design's table; `growth` to millions is started by name. */
const TABLES = [
  'append',
  'import',
  'sql',
  'signatures',
  'verify',
  'proofs',
  'http',
  'parts',
  'growth',
];

function main(args: readonly string[]): number {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 1;
  }
  const { only, json, folder } = options;
  if (only !== undefined && !TABLES.includes(only)) {
    console.error(`no table ${only}; there are ${TABLES.join(', ')}`);
    return 1;
  }
  const names = only === undefined ? TABLES : [only];
  if (!json) console.log(`${machineLine(describeMachine(folder))}\n`);
  const outputs = names.map((name) => runOne(name, args, json));
  if (outputs.includes(null)) return 1;
  if (json) console.log(`[${outputs.join(',')}]`);
  return 0;
}

/** What the table printed when `json`; null when it failed. */
function runOne(name: string, args: readonly string[], json: boolean): string | null {
  const path = fileURLToPath(new URL('./report/one.ts', import.meta.url));
  const flags = ['--expose-gc', '--disable-warning=ExperimentalWarning'];
  const { status, stdout } = spawnSync(
    process.execPath,
    [...flags, path, ...args, '--only', name],
    {
      stdio: ['ignore', json ? 'pipe' : 'inherit', 'inherit'],
      maxBuffer: 2 ** 26,
      // As bin/tally.mjs starts Node: see docs/operating.md, memory.
      env: { MALLOC_ARENA_MAX: '2', ...process.env },
    },
  );
  if (status === 0) return stdout?.toString().trim() ?? '';
  console.error(`the table ${name} failed`);
  return null;
}

process.exitCode = main(process.argv.slice(2));
