/**
 * What the machine can do just now: one core checking signatures, between the rounds of the rest.
 * It must never do anything that depends on our code.
 */

import sodium from 'sodium-native';
import { publicKeySync, signSync } from '../../src/crypto/primitive/node.ts';
import { type Case, rateOf, type Samples, samplesOf } from '../report/measure.ts';
import type { Line } from '../report/table.ts';

const NAME = 'yardstick';
const COUNT = 4_000;

export function yardstick(): Case {
  const seed = new Uint8Array(32).fill(3);
  const publicKey = publicKeySync(seed);
  const message = new Uint8Array(64).fill(4);
  const signature = signSync(message, seed);
  const work = (): void => {
    for (let i = 0; i < COUNT; i++) {
      sodium.crypto_sign_verify_detached(signature, message, publicKey);
    }
  };
  return { name: NAME, run: () => rateOf(COUNT, work) };
}

/** For tables without a limit of their own: by it, runs on a busy machine can be compared. */
export function yardstickLine(samples: Samples): Line {
  const measured = { samples: samplesOf(samples, NAME) };
  return { what: "yardstick: libsodium's verify on one core, same run", measured, unit: '/s' };
}
