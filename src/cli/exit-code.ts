/**
 * What the command line tells the program that called it, in one number.
 * It must never know a command.
 */

import { isRefusal, type RefusalCode } from '../bytes/refusal.ts';

export type ExitCode = number;

export const EXIT = {
  ok: 0,
  refused: 1,
  usage: 2,
  damaged: 3,
  unavailable: 4,
  fault: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** For `tally --help`, in the order of the numbers. */
export const EXIT_MEANINGS: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.ok, 'done, and everything that was checked holds'],
  [EXIT.refused, 'refused: by a contract, a signature, a proof that does not hold, a bad line'],
  [EXIT.usage, 'the command line was not understood; nothing was touched'],
  [EXIT.damaged, 'the ledger on disk is damaged or was altered'],
  [EXIT.unavailable, 'not now: another writer, a full or read-only disk, no database'],
  [EXIT.fault, 'a fault of tally itself: please report it'],
  [EXIT.interrupted, 'interrupted by Ctrl-C (143 by SIGTERM); nothing is half done'],
];

const CODES: Partial<Record<RefusalCode, ExitCode>> = {
  USAGE: EXIT.usage,
  CONFIG_INVALID: EXIT.usage,
  STORAGE_DAMAGED: EXIT.damaged,
  DISK_FULL: EXIT.unavailable,
  LEDGER_LOCKED: EXIT.unavailable,
  LEDGER_READ_ONLY: EXIT.unavailable,
  OVERLOADED: EXIT.unavailable,
  SQL_UNAVAILABLE: EXIT.unavailable,
  STORAGE_FAILED: EXIT.unavailable,
};

export function exitCodeOf(error: unknown): ExitCode {
  if (!isRefusal(error)) return EXIT.fault;
  return CODES[error.code] ?? EXIT.refused;
}
