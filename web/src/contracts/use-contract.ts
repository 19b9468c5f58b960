/**
 * A contract by its name, and how many rows each of its tables has.
 * It must never guess a number: where SQL may not be asked there is none.
 */

import { useQuery } from '@tanstack/react-query';
import type { ContractView } from 'tallystick/client';
import { isRefusal, Refusal } from 'tallystick/client';
import { useContracts } from '../session/queries.ts';
import { useNode } from '../session/session.tsx';

export interface ContractQuery {
  readonly contract: ContractView | undefined;
  readonly error: unknown;
}

export function useContract(name: string): ContractQuery {
  const { data, error } = useContracts();
  const contract = data?.find((one) => one.name === name);
  if (data === undefined || contract !== undefined) return { contract, error };
  const missing = new Refusal('NOT_FOUND', `there is no contract ${name} on this ledger`, {
    next: 'the list of contracts has those that there are',
  });
  return { contract, error: missing };
}

export type RowCounts = ReadonlyMap<string, number>;

/** Rows by `contract.table`; undefined until they are counted, and for who may not ask. */
export function useRowCounts(
  contracts: readonly ContractView[] | undefined,
): RowCounts | undefined {
  const node = useNode();
  const names = (contracts ?? []).flatMap(({ name, tables }) =>
    tables.map((table) => ({ key: `${name}.${table.name}`, sql: sqlName(name, table.name) })),
  );
  return (
    useQuery({
      queryKey: ['row-counts', names.map(({ key }) => key)],
      enabled: names.length > 0,
      staleTime: 15_000,
      refetchInterval: 30_000,
      queryFn: async ({ signal }): Promise<RowCounts | null> => {
        const selects = names.map(({ sql }, at) => `select ${at}, count(*) from ${sql}`);
        try {
          const { rows } = await node.sql({ query: selects.join(' union all ') }, { signal });
          return new Map(rows.map(([at, count]) => [names[Number(at)]?.key ?? '', Number(count)]));
        } catch (error) {
          // Counting is a courtesy: a page of contracts is whole without it.
          if (isRefusal(error)) return null;
          throw error;
        }
      },
    }).data ?? undefined
  );
}

function sqlName(contract: string, table: string): string {
  return `"${contract}_${table}"`.toLowerCase();
}
