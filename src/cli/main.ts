/**
 * The `tally` command as a process: arguments in, exit code out, signals as a wish to stop.
 * It must never know a command.
 */

import { EXIT } from './exit-code.ts';
import { runTally } from './run.ts';
import { processWorld } from './world.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Once is a wish: what is under way is finished. Twice is an order.
    if (stopping.signal.aborted) process.exit(exitOf(signal));
    stopping.abort(signal);
  });
}

// `tally show | head` closes the pipe: nobody reads on, so there is nothing left to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
});

// lmdb-js prints the error of a commit that it also rejects with, which is told in one line here.
if (process.env.TALLY_DEBUG !== '1') console.error = () => undefined;

const exit = await runTally(process.argv.slice(2), processWorld(stopping.signal));
process.exitCode = exit === EXIT.interrupted ? exitOf(stopping.signal.reason) : exit;

function exitOf(signal: unknown): number {
  return signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}
