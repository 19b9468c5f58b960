/**
 * Commands that check a ledger and keep it: their arguments and options.
 * It must never load what a command needs before it is run.
 */

import type { Command } from 'commander';
import { type Host, withContracts, withJson } from '../host.ts';
import type { BackupOptions } from './backup.ts';
import type { RestoreOptions } from './restore.ts';
import type { VerifyOptions } from './verify.ts';

export function declareKeeping(program: Command, host: Host): void {
  program.commandsGroup('Check and keep:');
  declareVerify(program, host);
  declareBackup(program, host);
  declareRestore(program, host);
  declareBench(program, host);
}

function declareVerify(program: Command, { world, finish }: Host): void {
  const command = program
    .command('verify')
    .summary('check a proof, or a whole ledger, offline')
    .description(
      'Checks a bundle against a chain that you trust; or a whole folder: the structure of its ' +
        'files, every signature and seal, and every transaction by running it again.',
    )
    .argument('<path>', 'a .tally-proof file, or the folder of a ledger')
    .option('--chain <hex>', 'the chain you trust; needed for a bundle');
  withJson(withContracts(command)).action(async (path: string, options: VerifyOptions) => {
    const { verifyThing } = await import('./verify.ts');
    finish(await verifyThing(world, path, options));
  });
}

function declareBackup(program: Command, { world, finish }: Host): void {
  const command = program
    .command('backup')
    .summary('copy a ledger, also while it is written')
    .description('Copies a ledger as of one moment into a new folder, beside a writer.')
    .argument('<folder>', 'the ledger')
    .argument('<new folder>', 'where; it must not exist, or be empty')
    .option('--with-key', 'copy owner.key as well');
  withJson(command).action(async (folder: string, target: string, options: BackupOptions) => {
    const { backup } = await import('./backup.ts');
    finish(await backup(world, folder, target, options));
  });
}

function declareRestore(program: Command, { world, finish }: Host): void {
  const command = program
    .command('restore')
    .summary('a ledger from a backup or an export')
    .description('Makes a folder from a backup or an export, and verifies all of it first.')
    .argument('<backup>', 'a folder that `backup` made, or a file that `export` made')
    .argument('<new folder>', 'where; it must not exist, or be empty')
    .option('--chain <hex>', 'the chain it must be');
  withJson(withContracts(command)).action(
    async (source: string, folder: string, options: RestoreOptions) => {
      const { restore } = await import('./restore.ts');
      finish(await restore(world, source, folder, options));
    },
  );
}

function declareBench(program: Command, { world, finish }: Host): void {
  program
    .command('bench')
    .summary('measure this machine')
    .description('Runs the benchmarks; arguments go to bench/main.ts.')
    .argument('[arguments...]', 'such as --smoke, or --only append')
    .helpOption(false)
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { bench } = await import('./bench.ts');
      finish(await bench(world, args));
    });
}
