/**
 * Commands that begin: serving a ledger, a new project, a contract in the making.
 * It must never load what a command needs before it is run.
 */

import { type Command, Option } from 'commander';
import { PORT_DEFAULT } from '../../serve/address.ts';
import { collect, type Host, wholeNumber, withContracts, withJson, withKey } from '../host.ts';
import type { DevOptions } from './dev.ts';
import type { NewOptions } from './new.ts';
import type { StartOptions } from './start.ts';

const PORT_MAX = 65_535;

export function declareBeginning(program: Command, host: Host): void {
  program.commandsGroup('Begin:');
  declareStart(program, host);
  declareNew(program, host);
  declareDev(program, host);
  declareTest(program, host);
}

function declareStart(program: Command, { world, finish }: Host): void {
  const command = program
    .command('start')
    .summary('serve a ledger, with the console')
    .description(
      'Serves a ledger over HTTP, with its console, until Ctrl-C. Without a ledger it makes one: ' +
        'of a bakery’s sales, with a sample; or of the contracts named.',
    )
    .argument('[folder]', 'where it is (default: data/sales, or data/ and the contract’s name)')
    .option('--sql <url>', 'where the SQL mirror is: postgres://… (default: in the folder)')
    .option('--link', 'print a link for an administrator, also where there is one');
  withJson(withKey(withContracts(withServing(command)))).action(
    async (folder: string | undefined, options: StartOptions) => {
      const { start } = await import('./start.ts');
      finish(await start(world, folder, options));
    },
  );
}

function withServing(command: Command): Command {
  const levels = ['silent', 'error', 'warn', 'info', 'debug'];
  return command
    .option(
      '--port <number>',
      `port to listen on; 0 is any (default: ${PORT_DEFAULT}, or the next free one)`,
      wholeNumber(0, PORT_MAX),
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--name <host>', 'a host name it is reached under (repeatable)', collect)
    .option('--tls-cert <file>', 'certificate, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--insecure', 'listen for others without TLS, behind a proxy that has it')
    .option('--no-console', 'serve the API alone')
    .addOption(new Option('--log-level <level>', 'of the log').choices(levels).default('warn'));
}

function declareNew(program: Command, { world, finish }: Host): void {
  program
    .command('new')
    .summary('a small project: one contract, one test')
    .description('Writes a project into a new folder: a contract, its test, a page to read.')
    .argument('<folder>', 'where; it must not exist, or be empty')
    .option('--tallystick <spec>', 'where npm gets tallystick from (default: this one)')
    .action(async (folder: string, options: NewOptions) => {
      const { newProject } = await import('./new.ts');
      finish(newProject(world, folder, options));
    });
}

function declareDev(program: Command, { world, finish }: Host): void {
  const command = program
    .command('dev')
    .summary('work on a contract with the console open')
    .description(
      'Serves a ledger of this contract with the console. When its file changes, every ' +
        'transaction is run again under it, on a ledger made anew.',
    )
    .argument('<contract>', 'its file')
    .option('--folder <folder>', 'keep the ledger there (default: gone when it ends)');
  withJson(withServing(command)).action(async (file: string, options: DevOptions) => {
    const { dev } = await import('./dev.ts');
    finish(await dev(world, file, options));
  });
}

function declareTest(program: Command, { world, finish }: Host): void {
  program
    .command('test')
    .summary('run the tests of a project')
    .description('Runs `node --test` with the Node that runs this command.')
    .argument('[arguments...]', 'files, and options of `node --test`')
    .helpOption(false)
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { test } = await import('./test.ts');
      finish(await test(world, args));
    });
}
