/**
 * Commands that make and write ledgers: their arguments and options.
 * It must never load what a command needs before it is run.
 */

import { Argument, type Command, Option } from 'commander';
import type { PassphraseOptions } from '../../folder/passphrase.ts';
import {
  collect,
  type Host,
  type JsonOption,
  wholeNumber,
  withContracts,
  withJson,
  withKey,
} from '../host.ts';
import type { ImportOptions } from './import.ts';
import type { InitOptions } from './init.ts';
import type { SubmitOptions } from './submit.ts';

/** 500 calls under one signature: enough for speed, few enough to answer soon. */
const BATCH = 500;

export function declareWriting(program: Command, host: Host): void {
  program.commandsGroup('Write:');
  declareInit(program, host);
  declareSubmit(program, host);
  declareImport(program, host);
  declareKey(program, host);
}

function declareInit(program: Command, { world, finish }: Host): void {
  const command = program
    .command('init')
    .summary('make a new ledger')
    .description('Makes a new ledger in a folder, with its contracts and its owner’s key.')
    .argument('<folder>', 'where; it must not exist, or be empty')
    .option('--name <text>', 'its name (default: the names of its contracts)');
  withJson(withKey(withContracts(command))).action(async (folder: string, options: InitOptions) => {
    const { init } = await import('./init.ts');
    finish(await init(world, folder, options));
  });
}

function declareSubmit(program: Command, { world, finish }: Host): void {
  const command = program
    .command('submit')
    .summary('make one call')
    .description('Makes one call in a transaction of its own and waits until it is on the disk.')
    .argument('<folder>', 'the ledger')
    .argument('[call]', 'contract.method')
    .argument('[arguments...]', 'argument=value')
    .option('--args <json>', 'the arguments as a JSON object instead')
    .option('--envelope <file>', 'submit a transaction that was signed elsewhere')
    .option('--as <key>', 'sign with another key than the owner’s')
    .option('--nonce <hex>', '16 bytes; the same call with the same nonce happens once')
    .option('--time-zone <name>', 'where times without a zone are read, such as Europe/Luxembourg');
  withJson(withKey(withContracts(command))).action(
    async (folder: string, call: string | undefined, pairs: string[], options: SubmitOptions) => {
      const { submit } = await import('./submit.ts');
      finish(await submit(world, folder, call, pairs, options));
    },
  );
}

function declareImport(program: Command, { world, finish }: Host): void {
  const command = program
    .command('import')
    .summary('record the lines of a CSV or NDJSON file')
    .description(
      'Records each line of a file as a call. Run it again after an interruption, or when the ' +
        'file has grown: every line is recorded once.',
    )
    .argument('<folder>', 'the ledger')
    .argument('<file>', 'CSV or NDJSON in UTF-8; - reads standard input')
    .requiredOption('--method <contract.method>', 'what to call for each line')
    .option('--map <map>', 'column=argument,… or a JSON file; equal names need no mapping')
    .option(
      '--constant <argument=value>',
      'an argument that is alike in all lines (repeatable)',
      collect,
    )
    .option('--time-zone <name>', 'where times without a zone are read, such as Asia/Seoul')
    .option('--batch <lines>', 'lines in a transaction', wholeNumber(1, BATCH), BATCH)
    .option('--strict', 'stop at the first bad line, with nothing of its batch recorded')
    .option('--rejects <file>', 'write bad lines there, to be corrected and imported')
    .option('--receipts <file>', 'write there which transaction has which lines, as NDJSON')
    .option('--again', 'record lines although they seem to be there in another form')
    .option('--delimiter <text>', 'what separates cells (default: found in the header)')
    .addOption(new Option('--format <format>', 'of the file').choices(['csv', 'ndjson']));
  withJson(withKey(withContracts(command))).action(
    async (folder: string, file: string, options: ImportOptions) => {
      const { importFile } = await import('./import.ts');
      finish(await importFile(world, folder, file, options));
    },
  );
}

function declareKey(program: Command, { world, finish }: Host): void {
  const key = program
    .command('key')
    .summary('make, list and show keys')
    .description('Key files, encrypted under a passphrase.');
  const name = new Argument('<name>', 'a word for a key in the keys folder, or a path');
  withJson(
    key
      .command('new')
      .description('makes a key')
      .addArgument(name)
      .option('--passphrase-file <file>', 'encrypts it (or set TALLY_PASSPHRASE)'),
  ).action(async (file: string, options: PassphraseOptions & JsonOption) => {
    const { newKey } = await import('./key.ts');
    finish(await newKey(world, file, options));
  });
  withJson(
    key.command('list').description('lists keys').argument('[folder]', 'default: the keys folder'),
  ).action(async (folder: string | undefined, options: JsonOption) => {
    const { listKeys } = await import('./key.ts');
    finish(await listKeys(world, folder, options));
  });
  withJson(key.command('show').description('shows the address of a key').addArgument(name)).action(
    async (file: string, options: JsonOption) => {
      const { showKey } = await import('./key.ts');
      finish(await showKey(world, file, options));
    },
  );
}
