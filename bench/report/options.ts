/**
 * What the command line of the bench says, as one small record.
 * It must never know what a bench does with it.
 */

import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

export interface Options {
  /** Seconds instead of minutes: shows that the bench works, not what the machine can. */
  readonly smoke: boolean;
  /** One table; absent: all but the long ones. */
  readonly only: string | undefined;
  readonly json: boolean;
  /** Writes `bench/results/<table>.md` and `.json`. */
  readonly save: boolean;
  /** Transactions of the largest ledger, for tables that grow one. */
  readonly to: number | undefined;
  readonly rounds: number;
  /** Where ledgers are made: on the disk that is to be measured. */
  readonly folder: string;
}

export const USAGE = `npm run bench -- [--smoke] [--only TABLE] [--json] [--save]
                 [--rounds N] [--to TRANSACTIONS] [--folder FOLDER]`;

/** Throws TypeError for what it does not know. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      smoke: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      to: { type: 'string' },
      rounds: { type: 'string' },
      folder: { type: 'string', default: tmpdir() },
    },
  });
  const { smoke, only, json, save, folder } = values;
  const rounds = countOf('rounds', values.rounds) ?? (smoke ? 1 : 5);
  return { smoke, only, json, save, folder, rounds, to: countOf('to', values.to) };
}

function countOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new TypeError(`--${name} takes a whole number above 0, not ${text}`);
}
