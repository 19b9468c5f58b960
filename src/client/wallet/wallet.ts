/**
 * A wallet: one account whose seed this program holds, made, imported, or opened from its
 * encrypted form. It must never write the seed anywhere unencrypted.
 */

import { primitive } from '#primitive';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { type Account, accountFromSeed } from '../../crypto/account.ts';
import { keyInvalid, lockSeed, parseKeyFile, unlockSeed } from './key-file.ts';

export interface Wallet {
  readonly account: Account;
  /** 32 bytes, the whole secret: whoever has it is this account. */
  readonly seed: Uint8Array;
  /** The encrypted form, JSON text: a key file as `tally key` reads and writes it. */
  lock(passphrase: string): Promise<string>;
}

/** A new account. */
export function createWallet(): Promise<Wallet> {
  return importWallet(primitive.randomBytes(32));
}

/** The account of a seed: its 32 bytes, or `0x` and 64 digits. Throws KEY_INVALID. */
export async function importWallet(seed: Uint8Array | string): Promise<Wallet> {
  const kept = typeof seed === 'string' ? parseSeed(seed) : seed.slice();
  if (kept.length !== 32) throw keyInvalid(`a seed has 32 bytes, not ${kept.length}`);
  const account = await accountFromSeed(kept);
  return {
    account,
    seed: kept,
    async lock(passphrase) {
      if (passphrase === '') throw keyInvalid('a passphrase is needed', { next: 'choose one' });
      return `${JSON.stringify(await lockSeed(kept, account, passphrase), null, 2)}\n`;
    },
  };
}

/** Opens what `lock` or `tally key new` wrote. Throws KEY_INVALID. */
export async function openWallet(locked: string, passphrase: string): Promise<Wallet> {
  const file = parseKeyFile(locked);
  const wallet = await importWallet(await unlockSeed(file, passphrase));
  const { address, publicKey } = wallet.account;
  if (address === file.address && encodeHex(publicKey) === file.publicKey) return wallet;
  throw keyInvalid('its seed does not give its address', { next: 'restore the file from a copy' });
}

/** Address and public key of a key file, without its secret. Throws KEY_INVALID. */
export function describeWallet(locked: string): {
  readonly address: string;
  readonly publicKey: string;
  /** False where the seed is there for everyone to read. */
  readonly locked: boolean;
} {
  const { address, publicKey, protection } = parseKeyFile(locked);
  return { address, publicKey, locked: protection !== 'none' };
}

function parseSeed(text: string): Uint8Array {
  try {
    return decodeHex(text.trim(), 32);
  } catch (cause) {
    throw keyInvalid('a seed is 0x and 64 hexadecimal digits', { next: 'copy all of it', cause });
  }
}
