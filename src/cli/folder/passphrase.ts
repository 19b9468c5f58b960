/**
 * Passphrases of key files: from a file, the environment, or a person at the terminal.
 * It must never print or keep one.
 */

import { readFileSync } from 'node:fs';
import { Refusal } from '../../bytes/refusal.ts';
import { describeKey } from '../../node/driver/keystore.ts';
import { warn } from '../output/error.ts';
import { askSecret, canAsk } from '../output/prompt.ts';
import type { World } from '../world.ts';

export interface PassphraseOptions {
  readonly passphraseFile?: string;
  /** False where nobody is asked, and the command itself says how a new key is kept. */
  readonly asks?: boolean;
}

/** For a key that exists: undefined when it is not encrypted. Throws KEY_INVALID. */
export async function passphraseFor(
  world: World,
  keyFile: string,
  options: PassphraseOptions,
): Promise<string | undefined> {
  if (!describeKey(keyFile).locked) return undefined;
  const given = givenPassphrase(world, options);
  if (given !== undefined || !canAsk(world)) return given;
  return askSecret(world, `Passphrase of ${keyFile}: `);
}

/** For a key about to be made. Without one the key is plain, and that is said. */
export async function newPassphrase(
  world: World,
  keyFile: string,
  options: PassphraseOptions,
): Promise<string | undefined> {
  const { asks = true } = options;
  const typed = (): Promise<string | undefined> => askTwice(world, keyFile);
  const given = givenPassphrase(world, options) ?? (asks ? await typed() : undefined);
  if (given === undefined && asks) {
    const how = 'set TALLY_PASSPHRASE or give --passphrase-file to encrypt it';
    warn(world, `the key in ${keyFile} is not encrypted, only readable by you; ${how}`);
  }
  return given;
}

function givenPassphrase(
  { env }: World,
  { passphraseFile }: PassphraseOptions,
): string | undefined {
  if (passphraseFile === undefined) return env.TALLY_PASSPHRASE || undefined;
  const text = readPassphraseFile(passphraseFile).replace(/\r?\n$/, '');
  if (text !== '') return text;
  throw new Refusal('KEY_INVALID', `the passphrase file ${passphraseFile} is empty`);
}

function readPassphraseFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Refusal('KEY_INVALID', `the passphrase file ${file} cannot be read`, {
      cause,
      next: 'check its path and who may read it',
    });
  }
}

async function askTwice(world: World, keyFile: string): Promise<string | undefined> {
  if (!canAsk(world)) return undefined;
  const first = await askSecret(world, `Passphrase for ${keyFile} (Enter for none): `);
  if (first === '') return undefined;
  if ((await askSecret(world, 'Again: ')) === first) return first;
  throw new Refusal('KEY_INVALID', 'the two passphrases are not the same', { next: 'try again' });
}
