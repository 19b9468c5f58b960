/**
 * Whether a block is what it says: its header hashes to its id, has its roots, and carries a seal
 * of the engine that genesis names. It must never believe the node about any of it.
 */

import { useQuery } from '@tanstack/react-query';
import { type BlockView, decodeHex, encodeHex, type Json, type Value } from 'tallystick/client';
import { blockId, type Header, parseHeader } from '../../../src/ledger/block.ts';
import { chainOf, parseGenesis } from '../../../src/ledger/genesis.ts';
import { sealFault } from '../../../src/ledger/proof/seal.ts';
import type { Verification } from '../design/text/badge.tsx';
import { useInfo } from '../session/queries.ts';
import { useNode } from '../session/session.tsx';

export function useBlockVerification(block: BlockView | undefined): Verification {
  const node = useNode();
  const genesis = useInfo().data?.genesis;
  const { data, error } = useQuery({
    queryKey: ['verified-block', block?.id, block?.header],
    enabled: block !== undefined && genesis !== undefined,
    queryFn: async ({ signal }) => {
      if (block === undefined || genesis === undefined) return null;
      return blockFault(block, genesis, await node.chain({ signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error !== null) return { state: 'unavailable', says: error.message };
  if (data === undefined) return { state: 'working' };
  return data === null ? { state: 'verified' } : { state: 'failed', says: data };
}

/** Says what does not hold, or null. `chain` is the genesis hash that is trusted. */
async function blockFault(
  block: BlockView,
  genesisHex: string,
  chain: string,
): Promise<string | null> {
  const genesisBytes = decodeHex(genesisHex);
  if (encodeHex(chainOf(genesisBytes)) !== chain) return 'The genesis does not hash to the chain.';
  const bytes = decodeHex(block.header);
  const id = blockId(bytes);
  if (encodeHex(id) !== block.id) return 'The header does not hash to the id.';
  const header = parseHeader(bytes);
  if (encodeHex(header.chain) !== chain) return 'The header is of another chain.';
  if (!matches(header, block)) return 'What is shown is not what the header says.';
  const fault = await sealFault(parseGenesis(genesisBytes), header, id, sealOf(block.seal));
  return fault === null ? null : `The seal does not hold: ${fault}.`;
}

function matches(header: Header, block: BlockView): boolean {
  return (
    header.height === block.height &&
    header.time === block.time &&
    header.count === block.count &&
    encodeHex(header.parent) === block.parent &&
    encodeHex(header.transactions) === block.roots.transactions &&
    encodeHex(header.receipts) === block.roots.receipts &&
    encodeHex(header.state) === block.roots.state &&
    encodeHex(header.history) === block.roots.history
  );
}

/** Bytes are `0x…` in JSON. */
function sealOf(seal: Json): Value[] {
  if (!Array.isArray(seal)) return [];
  return seal.map((part) =>
    typeof part === 'string' && /^0x([0-9a-f]{2})*$/.test(part) ? decodeHex(part) : part,
  );
}
