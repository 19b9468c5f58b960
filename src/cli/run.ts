/**
 * One command from its arguments to its exit code; what fails is told in one line.
 * It must never throw, nor know what a command does.
 */

import { CommanderError } from 'commander';
import { Refusal } from '../bytes/refusal.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { reportError } from './output/error.ts';
import { createProgram } from './program.ts';
import type { World } from './world.ts';

export async function runTally(args: readonly string[], world: World): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const program = createProgram(world, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
    return exit;
  } catch (error) {
    // Help and version end by an exception that says all is well.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    if (world.signal.aborted && error === world.signal.reason) {
      world.err.write('tally: interrupted; nothing is half done\n');
      return EXIT.interrupted;
    }
    const refusal = error instanceof CommanderError ? usage(error) : error;
    return reportError(world, refusal, args.includes('--json'));
  }
}

/** `error: unknown command 'verfy'\n(Did you mean verify?)` as a refusal. */
function usage({ message }: CommanderError): Refusal {
  const [what = '', hint] = message.replace(/^error: /, '').split('\n');
  const suggestion = hint?.replace(/^\(|\)$/g, '').replace('Did you mean', 'did you mean');
  return new Refusal('USAGE', what, { next: suggestion ?? 'see `tally --help`' });
}
