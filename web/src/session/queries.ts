/**
 * Questions that several pages ask, with one name each, so that they are asked once.
 * It must never know a page.
 */

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ContractView, LedgerInfo, MemberView } from 'tallystick/client';
import { useNode } from './session.tsx';

export function useInfo(): UseQueryResult<LedgerInfo> {
  const node = useNode();
  return useQuery({
    queryKey: ['info'],
    queryFn: ({ signal }) => node.info({ signal }),
    refetchInterval: 10_000,
  });
}

/** Every contract of the ledger, the system's last. */
export function useContracts(): UseQueryResult<readonly ContractView[]> {
  const node = useNode();
  return useQuery({
    queryKey: ['contracts'],
    queryFn: async ({ signal }) => {
      const { items } = await node.contracts({ signal, limit: 500 });
      return items.toSorted((a, b) => Number(a.system) - Number(b.system));
    },
    staleTime: 60_000,
  });
}

/** Members of the ledger, retired ones too. Empty for whoever may not see them. */
export function useMembers(): UseQueryResult<readonly MemberView[]> {
  const node = useNode();
  return useQuery({
    queryKey: ['members'],
    queryFn: async ({ signal }) => (await node.members({ signal, limit: 500 })).items,
    staleTime: 60_000,
  });
}

/** Names by address: members, and the owner of the ledger. */
export function useNames(): ReadonlyMap<string, string> {
  const members = useMembers().data;
  const owner = useInfo().data?.owner;
  return useMemo(() => {
    const names = new Map<string, string>();
    if (owner !== undefined) names.set(owner, 'owner');
    for (const { address, name } of members ?? []) names.set(address, name);
    return names;
  }, [members, owner]);
}
