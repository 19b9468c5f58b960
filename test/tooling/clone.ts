/**
 * A pretended clone in a temporary folder: our launcher and bootstrap, a lock of two packages, an
 * `npm` that only writes what npm records, and a pinned `node` that only says what it was given.
 * It must never reach the network.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Lock = Record<string, { integrity?: string; optional?: boolean }>;

const PINNED_NODE = `#!/bin/sh
echo "pinned node runs $*"
exit 7
`;

const NPM = `
const fs = require('node:fs');
fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
if (process.env.NPM_FAILS) process.exit(3);
const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
const { '': _root, ...installed } = packages;
for (const name of Object.keys(installed)) if (installed[name].optional) delete installed[name];
const pinned = 'node_modules/node-' + process.platform + '-' + process.arch;
fs.mkdirSync(pinned + '/bin', { recursive: true });
fs.writeFileSync(pinned + '/package.json', '{}');
fs.writeFileSync(pinned + '/bin/node', ${JSON.stringify(PINNED_NODE)}, { mode: 0o755 });
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: installed }));
`;

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class PretendedClone {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), 'tally-clone-'));

  constructor() {
    for (const name of ['bin', 'scripts']) {
      cpSync(path.join(ROOT, name), path.join(this.folder, name), { recursive: true });
    }
    writeFileSync(path.join(this.folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(path.join(this.folder, 'npm.cjs'), NPM);
    this.writeLock({ 'node_modules/a': { integrity: 'sha512-1' } });
  }

  writeLock(packages: Lock): void {
    const text = JSON.stringify({ packages: { '': {}, ...packages } });
    writeFileSync(path.join(this.folder, 'package-lock.json'), text);
  }

  /** How often npm was asked to install. */
  npmCalls(): string[] {
    const file = path.join(this.folder, 'npm-calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** Runs a script of the clone; `version` is what this Node pretends to be. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}, version?: string): Run {
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
    const options = version === undefined ? [] : ['--import', `data:text/javascript,${pretend}`];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...options, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, npm_execpath: path.join(this.folder, 'npm.cjs'), ...env },
    });
    return { status, stdout, stderr };
  }
}
