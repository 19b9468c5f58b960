/**
 * `tally bench`: runs the benchmarks of a clone.
 * It must never measure anything itself.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../../../bytes/refusal.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { World } from '../../world.ts';

const MAIN = fileURLToPath(new URL('../../../../bench/main.ts', import.meta.url));

export function bench(world: World, args: readonly string[]): Promise<ExitCode> {
  if (!existsSync(MAIN)) {
    throw new Refusal('NOT_FOUND', 'the installed package has no benchmarks', {
      next: 'run `npm run bench` in a clone of the repository',
    });
  }
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'inherit' });
  const stop = (): void => void child.kill('SIGTERM');
  world.signal.addEventListener('abort', stop);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (world.signal.aborted) resolve(EXIT.interrupted);
      else resolve(code === 0 ? EXIT.ok : EXIT.refused);
    });
  });
}
