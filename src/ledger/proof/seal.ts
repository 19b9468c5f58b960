/**
 * Seals: an engine's evidence that a block is final, and how anyone checks it against genesis.
 * It must never know how the engine reached its decision, nor hold a key that signs.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import type { Hash } from '../../crypto/hash.ts';
import { verify } from '../../crypto/signature.ts';
import type { Header, Seal } from '../block.ts';
import type { Genesis } from '../genesis.ts';

/** The solo seal: the owner's signature over the block id (spec/solo.md). */
export function soloSeal(signature: Uint8Array): Seal {
  return ['solo', signature];
}

/** Says why the seal does not hold, or null when it does. */
export async function sealFault(
  genesis: Genesis,
  header: Header,
  id: Hash,
  seal: Seal,
): Promise<string | null> {
  const [engine, signature] = seal;
  if (engine !== genesis.engine.name)
    return `the engine is ${genesis.engine.name}, not this seal's`;
  if (seal.length !== 2 || !(signature instanceof Uint8Array) || signature.length !== 64) {
    return 'a solo seal is one signature of 64 bytes';
  }
  if (!equalBytes(header.proposer, genesis.engine.owner)) return 'the proposer is not the owner';
  const holds = await verify('block', id, signature, genesis.engine.owner);
  return holds ? null : "the owner's signature does not belong to this block";
}
