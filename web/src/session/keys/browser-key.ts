/**
 * A key of this browser: a WebCrypto handle that signs and cannot be read out, and, where its owner
 * wanted one, an encrypted back-up. It must never keep a seed that is not encrypted.
 */

import {
  accountFromCryptoKey,
  createKeyPair,
  createWallet,
  type KeyPair,
  keyPairFromSeed,
  openWallet,
} from 'tallystick/client';

/** As it lies in the database. */
export interface BrowserKey {
  readonly address: string;
  /** What its owner calls it. */
  readonly name: string;
  readonly created: number;
  /** Signs; cannot be read out. */
  readonly pair: KeyPair;
  /** The encrypted key file, as JSON text; null when the key lives in this browser alone. */
  readonly backup: string | null;
}

/** A key that never leaves this browser: nobody, this page included, can read it. */
export async function makeKey(name: string): Promise<BrowserKey> {
  return keep(name, await createKeyPair(), null);
}

/** A key of which an encrypted file can be kept elsewhere. */
export async function makeBackedUpKey(name: string, passphrase: string): Promise<BrowserKey> {
  const wallet = await createWallet();
  const backup = await wallet.lock(passphrase);
  return keep(name, await keyPairFromSeed(wallet.seed), backup);
}

/** From a file that this console or `tally key` wrote. Throws KEY_INVALID. */
export async function importKey(
  name: string,
  file: string,
  passphrase: string,
): Promise<BrowserKey> {
  const wallet = await openWallet(file, passphrase);
  return keep(name, await keyPairFromSeed(wallet.seed), file);
}

async function keep(name: string, pair: KeyPair, backup: string | null): Promise<BrowserKey> {
  const { address } = await accountFromCryptoKey(pair);
  return { address, name, created: Date.now(), pair, backup };
}
