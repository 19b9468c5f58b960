/**
 * What a declaration of commands is given, and options that many commands share.
 * It must never know a command.
 */

import { type Command, InvalidArgumentError } from 'commander';
import type { ExitCode } from '../exit-code.ts';
import type { World } from '../world.ts';

export interface Host {
  readonly world: World;
  readonly finish: (exit: ExitCode) => void;
}

export interface JsonOption {
  readonly json?: boolean;
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print JSON instead of text');
}

export function withContracts(command: Command): Command {
  return command.option(
    '--contract <file>',
    'a contract: an application (sales), or a path (repeatable; default: those of the folder)',
    collect,
  );
}

export function withKey(command: Command): Command {
  return command
    .option('--key <file>', "the owner's key (default: owner.key in the folder)")
    .option('--passphrase-file <file>', 'opens an encrypted key (or set TALLY_PASSPHRASE)');
}

/** For options that may be given again. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** For options that are whole numbers. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,15}$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}`);
  };
}
