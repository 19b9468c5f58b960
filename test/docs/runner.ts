/**
 * Runs the steps of one document in a folder of its own, as a reader would: programs under this
 * Node, `tally` commands in a shell. It must never know what a document says.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command, Program, Step } from './blocks.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STEP_MS_MAX = 30_000;

export class DocumentRunner {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), 'tally-docs-'));
  readonly #background: ChildProcess[] = [];

  constructor() {
    // The symbolic link leads outside node_modules, where Node runs TypeScript.
    mkdirSync(path.join(this.folder, 'node_modules/.bin'), { recursive: true });
    symlinkSync(ROOT, path.join(this.folder, 'node_modules/tallystick'), 'dir');
    symlinkSync(
      path.join(ROOT, 'node_modules/@types'),
      path.join(this.folder, 'node_modules/@types'),
    );
    this.#write('package.json', '{ "type": "module" }\n');
    const launcher = path.join(ROOT, 'bin/tally.mjs');
    this.#write(
      'node_modules/.bin/tally',
      `#!/bin/sh\nexec "${process.execPath}" "${launcher}" "$@"\n`,
    );
    chmodSync(path.join(this.folder, 'node_modules/.bin/tally'), 0o755);
  }

  /** Runs one step. Throws with what it printed when it fails. */
  async run(step: Step): Promise<void> {
    if (step.kind === 'program') this.#runProgram(step);
    else if (step.background) await this.#startCommand(step);
    else this.#runCommand(step);
  }

  /** Stops what still runs and removes the folder. */
  close(): void {
    for (const { pid } of this.#background) {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #write(name: string, text: string): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  #runProgram({ line, extension, file, code }: Program): void {
    const name = file ?? `line-${line}.${extension}`;
    this.#write(name, code);
    if (file === undefined) this.#finish(process.execPath, [name], 0);
  }

  #runCommand({ command, exit }: Command): void {
    this.#finish('bash', ['-o', 'pipefail', '-c', command], exit);
  }

  #finish(program: string, args: string[], exit: number): void {
    const options = { cwd: this.folder, env: this.#env(), timeout: STEP_MS_MAX } as const;
    const { status, stdout, stderr, signal } = spawnSync(program, args, {
      ...options,
      encoding: 'utf8',
    });
    if (status === exit) return;
    throw new Error(`ended with ${signal ?? status}, not ${exit}\n${stdout}${stderr}`);
  }

  /** Starts a command that goes on, and waits until it has printed something. */
  async #startCommand({ command }: Command): Promise<void> {
    const options = { cwd: this.folder, env: this.#env(), detached: true } as const;
    const child = spawn('bash', ['-c', `exec ${command}`], options);
    this.#background.push(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) =>
        reject(new Error(`ended with ${code} before it printed a line`)),
      );
      child.once('error', reject);
    });
  }

  #env(): NodeJS.ProcessEnv {
    const bin = path.join(this.folder, 'node_modules/.bin');
    const warnings = '--disable-warning=ExperimentalWarning';
    return { ...process.env, PATH: `${bin}:${process.env.PATH}`, NODE_OPTIONS: warnings };
  }
}
