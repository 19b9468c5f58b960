/**
 * Every command with its arguments and options: the table of contents of the command line.
 * It must never do a command's work, nor load it before it is asked for.
 */

import { Command } from 'commander';
import { declareBeginning } from './command/begin/declare.ts';
import { declareKeeping } from './command/keep/declare.ts';
import { declareReading } from './command/read/declare.ts';
import { declareWriting } from './command/write/declare.ts';
import { EXIT_MEANINGS, type ExitCode } from './exit-code.ts';
import { styleOf } from './output/style.ts';
import { versionOf } from './version.ts';
import type { World } from './world.ts';

export function createProgram(world: World, finish: (exit: ExitCode) => void): Command {
  const style = styleOf(world.out);
  const program = new Command('tally')
    .description('A ledger that keeps order and history, and cannot be altered unseen.')
    .version(versionOf(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help, or that of a command')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.out.write(text),
      // Errors are told by `run.ts`, in one line.
      writeErr: () => undefined,
      getOutHelpWidth: () => world.out.columns,
      getOutHasColors: () => world.out.hasColor,
    })
    .configureHelp({
      styleTitle: style.title,
      styleCommandText: style.name,
      styleOptionTerm: style.name,
      subcommandTerm: shortTerm,
    })
    .commandsGroup('Commands:');
  // Of the program alone: commands have help of their own.
  program.addHelpText('after', () => afterHelp(style.title));
  const host = { world, finish };
  declareBeginning(program, host);
  declareWriting(program, host);
  declareReading(program, host);
  declareKeeping(program, host);
  return program;
}

/** The name with its arguments, for the list of commands. */
function shortTerm(command: Command): string {
  const args = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}…` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...args].join(' ');
}

function afterHelp(title: (text: string) => string): string {
  const codes = EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `
${title('Exit codes:')}
${codes.join('\n')}

${title('Environment:')}
  TALLY_PASSPHRASE  opens encrypted keys, and encrypts new ones
  TALLY_HOME        where keys are kept (.tallystick in your home folder)
  TALLY_DEBUG=1     stack traces with errors
  NO_COLOR          no colours

Errors are one line on stderr: \`tally: CODE: what. next: what to do\`; with --json an object.
Try \`tally start\` first.`;
}
