/**
 * Which Node runs Tallystick: this one when it is new enough, else the one pinned in package.json.
 * Plain JavaScript for old versions of Node; it must never import anything that needs a new one.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The first version that runs TypeScript source as it is. */
const NODE_MIN = '22.18';

/** True when `version` (as in `process.versions.node`) is at least `NODE_MIN`. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [majorMin = 0, minorMin = 0] = NODE_MIN.split('.').map(Number);
  return major > majorMin || (major === majorMin && minor >= minorMin);
}

/** The pinned Node's program, found from the folder `root`, or undefined when npm has none here. */
export function pinnedNode(root) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  try {
    const folder = path.dirname(
      createRequire(path.join(root, 'package.json')).resolve(`${name}/package.json`),
    );
    const program = path.join(folder, 'bin', platform === 'win' ? 'node.exe' : 'node');
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** What to tell somebody whose Node is too old where npm has no pinned one. */
export function explainOldNode() {
  return (
    `Tallystick needs Node ${NODE_MIN} or newer; this is ${process.versions.node}.\n` +
    'Install a newer Node (https://nodejs.org), or run `npm ci --include=optional`, ' +
    'which brings a pinned Node 24 on Linux and Windows.'
  );
}

/** Runs `node` with `args` in this process's place: same input and output, signals, exit code. */
export function runInstead(node, args) {
  // Storage allocates on threads that come and go; with glibc's arena for each of them, what one
  // has freed is not used by the next, and a long import grows without end (docs/operating.md).
  const env = { MALLOC_ARENA_MAX: '2', ...process.env };
  const pathKey = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  env[pathKey] = [path.dirname(node), env[pathKey]].filter(Boolean).join(path.delimiter);
  const child = spawn(node, args, { stdio: 'inherit', env });
  // A terminal sends Ctrl-C to both processes: passing it on would stop the program twice.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Could not start ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
