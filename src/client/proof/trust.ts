/**
 * Which ledger a node serves: its chain, pinned or first seen, and the genesis that hashes to it.
 * It must never take another ledger for the one it knows.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Hash } from '../../crypto/hash.ts';
import { chainOf, type Genesis, parseGenesis } from '../../ledger/genesis.ts';
import { readSent, serverInvalid } from '../http/problem.ts';
import type { Transport } from '../http/transport.ts';
import type { CallOptions } from '../node-client.ts';
import type { LedgerInfo } from '../wire.ts';

export interface TrustedLedger {
  readonly chain: Hash;
  readonly genesis: Genesis;
}

/** The chain as far as it is known: `0x…`, in lower case. */
export class KnownChain {
  #chain: string | null;
  #ledger: TrustedLedger | null = null;

  /** Throws HEX_INVALID. */
  constructor(pinned: string | undefined) {
    this.#chain = pinned === undefined ? null : encodeHex(decodeHex(pinned, 32));
  }

  get value(): string | null {
    return this.#chain;
  }

  /** Takes the first chain for good. Throws CHAIN_MISMATCH for any other. */
  learn(chain: string): void {
    this.#chain ??= chain;
    if (this.#chain === chain) return;
    throw new Refusal('CHAIN_MISMATCH', 'the node serves another ledger', {
      data: { expected: this.#chain, chain },
      next: 'check the address of the node; if the ledger was replaced, pin its new chain',
    });
  }

  /** Throws CHAIN_MISMATCH, SERVER_INVALID. */
  async ledger(transport: Transport, options: CallOptions = {}): Promise<TrustedLedger> {
    if (this.#ledger !== null) return this.#ledger;
    const info = await transport.json<LedgerInfo>({ path: '/v1/ledger' }, options);
    const chain = readSent('its chain', () => decodeHex(String(info.chain), 32));
    const encoded = readSent('its genesis', () => decodeHex(String(info.genesis)));
    this.learn(encodeHex(chain));
    if (!equalBytes(chainOf(encoded), chain)) {
      throw serverInvalid('its genesis does not hash to its chain');
    }
    this.#ledger = { chain, genesis: readSent('its genesis', () => parseGenesis(encoded)) };
    return this.#ledger;
  }
}
