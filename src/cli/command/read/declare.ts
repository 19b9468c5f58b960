/**
 * Commands that read ledgers: their arguments and options.
 * It must never load what a command needs before it is run.
 */

import type { Command } from 'commander';
import { type Host, wholeNumber, withContracts, withJson } from '../host.ts';
import type { ProveOptions } from './prove.ts';
import type { ShowOptions } from './show.ts';

const LIMIT = 10;

export function declareReading(program: Command, host: Host): void {
  program.commandsGroup('Read and prove:');
  declareShow(program, host);
  declareProve(program, host);
}

function declareShow(program: Command, { world, finish }: Host): void {
  const command = program
    .command('show')
    .summary('show what is on a ledger')
    .description(
      'Shows the head and the last blocks, or: block <height>; transaction <id>; ' +
        'row <contract.table> <key…>; history <contract.table> <key…>; rows <contract.table>; contracts.',
    )
    .argument('<folder>', 'the ledger')
    .argument('[what]', 'head, block, transaction, row, history, rows or contracts', 'head')
    .argument('[words...]', 'which one')
    .option('--limit <number>', 'blocks or rows to list', wholeNumber(1, 1_000_000), LIMIT);
  withJson(withContracts(command)).action(
    async (folder: string, what: string, words: string[], options: ShowOptions) => {
      const { show } = await import('./show.ts');
      finish(await show(world, folder, what, words, options));
    },
  );
}

function declareProve(program: Command, { world, finish }: Host): void {
  const command = program
    .command('prove')
    .summary('make a proof that anyone can check')
    .description('Writes a proof of a transaction, or of a row (or that there is none), to a file.')
    .argument('<folder>', 'the ledger')
    .argument('<what>', 'transaction or row')
    .argument('<words...>', 'the id; or contract.table and the key')
    .option('--out <file>', 'where (default: a .tally-proof file here)')
    .option('--anchor', 'prove against the last block, so that one checkpoint checks many proofs');
  withJson(withContracts(command)).action(
    async (folder: string, what: string, words: string[], options: ProveOptions) => {
      const { prove } = await import('./prove.ts');
      finish(await prove(world, folder, what, words, options));
    },
  );
}
