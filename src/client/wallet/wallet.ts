/**
 * A wallet: one account whose seed this program holds, made, imported, or opened from its
 * encrypted form. It must never write the seed anywhere unencrypted.
 */

import type { Account } from '../../crypto/account.ts';

export interface Wallet {
  readonly account: Account;
  /** 32 bytes, the whole secret: whoever has it is this account. */
  readonly seed: Uint8Array;
  /** The encrypted form, JSON text: a key file as `tally key` reads and writes it. */
  lock(passphrase: string): Promise<string>;
}

export async function createWallet(): Promise<Wallet> {
  throw new Error('assertion: not written yet');
}

/** REQUIRES a seed of 32 bytes. */
export async function importWallet(seed: Uint8Array): Promise<Wallet> {
  throw new Error(`assertion: not written yet ${seed.length}`);
}

/** Opens what `lock` or `tally key new` wrote. Throws KEY_INVALID. */
export async function openWallet(locked: string, passphrase: string): Promise<Wallet> {
  throw new Error(`assertion: not written yet ${locked.length} ${passphrase.length}`);
}

/** Address and public key of a key file, without its secret. Throws KEY_INVALID. */
export function describeWallet(locked: string): {
  readonly address: string;
  readonly publicKey: string;
  /** False where the seed is there for everyone to read. */
  readonly locked: boolean;
} {
  throw new Error(`assertion: not written yet ${locked.length}`);
}
