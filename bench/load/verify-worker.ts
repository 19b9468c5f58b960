/**
 * A worker that does nothing but check signatures and hash bytes: the limit of all cores.
 * It must never do anything for a ledger.
 */

import { parentPort } from 'node:worker_threads';
import sodium from 'sodium-native';
import { primitive } from '#primitive';
import { publicKeySync, signSync } from '../../src/crypto/primitive/node.ts';
import type { Work } from './all-cores.ts';

const seed = new Uint8Array(32).fill(5);
const publicKey = publicKeySync(seed);
const message = new Uint8Array(64).fill(6);
const signature = signSync(message, seed);
const MEGABYTE = new Uint8Array(1 << 20).fill(7);

parentPort?.on('message', ({ signatures, megabytes }: Work) => {
  for (let i = 0; i < signatures; i++) {
    if (!sodium.crypto_sign_verify_detached(signature, message, publicKey)) {
      throw new Error('assertion: a signature made here holds');
    }
  }
  for (let i = 0; i < megabytes; i++) primitive.sha256(MEGABYTE);
  parentPort?.postMessage('done');
});
