/**
 * `tally test`: the tests of a project, under the Node that runs this command.
 * It must never know a test.
 */

import { spawn } from 'node:child_process';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { World } from '../../world.ts';

export function test(world: World, args: readonly string[]): Promise<ExitCode> {
  const child = spawn(process.execPath, ['--test', ...args], { stdio: 'inherit' });
  world.signal.addEventListener('abort', () => void child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (world.signal.aborted) resolve(EXIT.interrupted);
      else resolve(code === 0 ? EXIT.ok : EXIT.refused);
    });
  });
}
