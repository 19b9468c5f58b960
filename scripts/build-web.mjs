/**
 * Builds the console into web/dist when it is absent or its sources have changed: what went into a
 * build is kept as a hash beside it. Run by itself it builds in any case.
 * Plain JavaScript for old versions of Node; it must never know what the console is.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNewEnough, pinnedNode } from '../bin/pinned-node.mjs';

const CONFIG = 'web/vite.config.ts';
const VITE = 'node_modules/vite/bin/vite.js';
const BUILT = 'web/dist/index.html';
const INPUTS = 'web/dist/.inputs';
/** All that a build can read: the console, what of src/ runs in a browser, and the packages. */
const SOURCES = [
  ...['web', 'src/bytes', 'src/crypto', 'src/ledger', 'src/contract', 'src/client'],
  ...['package.json', 'package-lock.json'],
];
const LEFT_OUT = new Set(['dist', 'node_modules', '.vite']);

/** Builds unless what is there is of these sources; false when it could not. */
export function ensureConsole(root, node) {
  if (!existsSync(path.join(root, CONFIG))) return true;
  const inputs = hashOf(root);
  return isCurrent(root, inputs) || buildConsole(root, node, inputs);
}

function isCurrent(root, inputs) {
  const file = path.join(root, INPUTS);
  const isBuilt = existsSync(file) && existsSync(path.join(root, BUILT));
  return isBuilt && readFileSync(file, 'utf8') === inputs;
}

function buildConsole(root, node, inputs) {
  const vite = path.join(root, VITE);
  if (!existsSync(vite)) {
    console.error('The console cannot be built: npm ci --include=dev brings what builds it.');
    return false;
  }
  const start = Date.now();
  process.stderr.write('Building the console …');
  const args = [vite, 'build', '--config', CONFIG, '--logLevel', 'error'];
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) {
    console.error(` failed:\n${stdout}${stderr}`);
    return false;
  }
  writeFileSync(path.join(root, INPUTS), inputs);
  console.error(` done in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return true;
}

/** SHA-256 over the names and bytes of all sources, in order of name. */
function hashOf(root) {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesIn(root, source)).sort()) {
    const bytes = readFileSync(path.join(root, file));
    hash.update(`${file}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

function filesIn(root, name) {
  const place = path.join(root, name);
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [name];
  return readdirSync(place)
    .filter((entry) => !LEFT_OUT.has(entry))
    .flatMap((entry) => filesIn(root, `${name}/${entry}`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const node = isNewEnough(process.versions.node) ? process.execPath : pinnedNode(root);
  if (!buildConsole(root, node ?? process.execPath, hashOf(root))) process.exitCode = 1;
}
