/**
 * Commands that read ledgers: their arguments and options.
 * It must never load what a command needs before it is run.
 */

import { type Command, Option } from 'commander';
import { collect, type Host, wholeNumber, withContracts, withJson } from '../host.ts';
import type { ExportOptions } from './export.ts';
import type { ProveOptions } from './prove.ts';
import type { ShowOptions } from './show.ts';
import type { SqlOptions } from './sql.ts';

const LIMIT = 10;

export function declareReading(program: Command, host: Host): void {
  program.commandsGroup('Read and prove:');
  declareShow(program, host);
  declareProve(program, host);
  declareSql(program, host);
  declareExport(program, host);
}

function declareShow(program: Command, { world, finish }: Host): void {
  const command = program
    .command('show')
    .summary('show what is on a ledger')
    .description(
      'Shows the head and the last blocks, or: block <height>; transaction <id>; ' +
        'row <contract.table> <key…>; history <contract.table> <key…>; ' +
        'rows <contract.table>; contracts.',
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

function declareSql(program: Command, { world, finish }: Host): void {
  const command = program
    .command('sql')
    .summary('ask in SQL, or run a saved report')
    .description(
      'One SELECT over the rows of a ledger: a table for each table of a contract, and its ' +
        '_history. `select * from _columns` lists what there is.',
    )
    .argument('<folder>', 'the ledger')
    .argument('[query]', 'one SELECT')
    .option('--report <name>', 'a saved report instead')
    .option('--list', 'list the saved reports')
    .option('--param <name=value>', 'a value for :name (repeatable)', collect)
    .option('--sql <url>', 'a PostgreSQL server, postgres://…, that holds the mirror')
    .option('--rows <number>', 'rows at most', wholeNumber(1, 1_000_000), 10_000)
    .option('--timeout <ms>', 'time at most', wholeNumber(1, 3_600_000), 10_000)
    .addOption(
      new Option('--format <format>', 'of the answer')
        .choices(['table', 'csv', 'json', 'ndjson'])
        .default('table'),
    );
  withJson(withContracts(command)).action(
    async (folder: string, query: string | undefined, options: SqlOptions) => {
      const { sql } = await import('./sql.ts');
      finish(await sql(world, folder, query, options));
    },
  );
}

function declareExport(program: Command, { world, finish }: Host): void {
  const command = program
    .command('export')
    .summary('all blocks in one file, or the rows of a table')
    .description(
      'Writes all blocks in a form that `restore` reads; or, with --table, the rows of a table.',
    )
    .argument('<folder>', 'the ledger')
    .option('--table <contract.table>', 'its rows, in the order of the key')
    .option('--out <file>', 'where (default: standard output)')
    .addOption(
      new Option('--format <format>', 'blocks: ndjson or cbor; rows: ndjson or csv').choices([
        ...['ndjson', 'cbor', 'csv'],
      ]),
    );
  withContracts(command).action(async (folder: string, options: ExportOptions) => {
    const { exportLedger } = await import('./export.ts');
    finish(await exportLedger(world, folder, options));
  });
}
