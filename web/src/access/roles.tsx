/** Choosing roles. It must never offer one that the node does not know. */

import { MultiSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useContracts } from '../session/queries.ts';

interface RolesProps {
  readonly value: readonly string[];
  onChange(roles: string[]): void;
}

export function Roles({ value, onChange }: RolesProps): ReactNode {
  const contracts = useContracts().data ?? [];
  const own = contracts.filter(({ system }) => !system);
  const data = [
    { group: 'The whole ledger', items: ['reader', 'writer', 'admin'] },
    {
      group: 'One contract',
      items: own.flatMap(({ name }) => [`reader:${name}`, `writer:${name}`]),
    },
  ];
  return (
    <MultiSelect
      label="Roles"
      description="A reader reads; a writer also submits; an admin also admits others"
      data={data}
      value={[...value]}
      onChange={onChange}
      hidePickedOptions
    />
  );
}
