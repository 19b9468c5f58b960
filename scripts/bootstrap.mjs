/**
 * Makes a fresh clone ready and runs a program of it: installs the locked dependencies when they
 * are missing or stale (no network otherwise), builds the console for a command that serves it,
 * then runs the arguments under the pinned Node.
 * Plain JavaScript for old versions of Node; it must never need a package that is not installed.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { explainOldNode, isNewEnough, pinnedNode, runInstead } from '../bin/pinned-node.mjs';
import { ensureConsole } from './build-web.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The packages of a lock file, or none when it is absent or unreadable. */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** True when an optional package is for another machine, so that npm leaves it out. */
function isOptionalHere(entry) {
  return entry.optional === true || entry.devOptional === true;
}

/** What npm installed is what package-lock.json says: compares npm's own record of it. */
function isInstalled() {
  const wanted = lockedPackages('package-lock.json');
  const installed = lockedPackages('node_modules/.package-lock.json');
  for (const [name, entry] of Object.entries(wanted)) {
    if (name === '') continue;
    const found = installed[name];
    if (found === undefined && !isOptionalHere(entry)) return false;
    if (found !== undefined && found.integrity !== entry.integrity) return false;
  }
  return Object.keys(installed).every((name) => name in wanted);
}

/** `npm ci`, through the npm that runs this script where there is one. */
function install() {
  console.error('Installing the locked dependencies (npm ci) …');
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const quiet = [...args, '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const done =
    npm !== undefined && /\.c?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...quiet], options)
      : spawnSync('npm', quiet, { ...options, shell: process.platform === 'win32' });
  if (done.status !== 0) {
    console.error('npm ci failed: see its message above. The first run needs the npm registry.');
    process.exit(done.status ?? 1);
  }
}

/** Commands of `tally` that serve the console. */
function servesConsole([program, command, ...options]) {
  const isServing = program === 'bin/tally.mjs' && (command === 'start' || command === 'dev');
  const wantsNone = ['--no-console', '--help', '-h'];
  return isServing && !options.some((option) => wantsNone.includes(option));
}

if (!isInstalled()) install();
const node = pinnedNode(root) ?? process.execPath;
const args = process.argv.slice(2);
if (node === process.execPath && !isNewEnough(process.versions.node)) {
  console.error(explainOldNode());
  process.exitCode = 1;
} else if (args.length > 0) {
  // A node without pages still serves its API, and says what is missing.
  if (servesConsole(args)) ensureConsole(root, node);
  runInstead(node, args);
}
