/**
 * The palette: search by height, id and address, and every place to go.
 * It must never offer what is not there: an id is looked up before it is shown.
 */

import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import {
  IconBook2,
  IconFingerprint,
  IconListDetails,
  IconSearch,
  IconStack2,
  IconSunMoon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isRefusal } from 'tallystick/client';
import { formatCount, shorten } from '../../design/text/format.ts';
import { useContracts, useInfo, useMembers } from '../../session/queries.ts';
import { useNode } from '../../session/session.tsx';
import { PLACES } from '../navigation.ts';

const ICON = { size: 16, stroke: 1.6 } as const;

export function Palette(): ReactNode {
  const [query, setQuery] = useState('');
  const found = useFound(query.trim());
  const places = usePlaces();
  const actions = [...found, ...places];
  return (
    <Spotlight
      actions={actions}
      query={query}
      onQueryChange={setQuery}
      shortcut="mod + K"
      scrollable
      maxHeight={420}
      limit={12}
      highlightQuery={false}
      nothingFound="Nothing of that name, height, id or address"
      filter={(text) => [...found, ...places.filter((action) => matches(action, text))]}
      lockScroll={false}
      overlayProps={{ blur: 0, backgroundOpacity: 0.28 }}
      searchProps={{
        'aria-label': 'Search',
        leftSection: <IconSearch size={17} />,
        placeholder: 'A height, an id, an address, a place…',
      }}
    />
  );
}

function matches({ label = '', keywords = [] }: SpotlightActionData, query: string): boolean {
  const words = [label, ...[keywords].flat()].join(' ').toLowerCase();
  const text = query.trim().toLowerCase();
  // A few digits are in every address.
  return text.length < ADDRESS_LENGTH_MIN
    ? label.toLowerCase().includes(text)
    : words.includes(text);
}

const ADDRESS_LENGTH_MIN = 4;

/** What the text names on this ledger. */
function useFound(text: string): SpotlightActionData[] {
  const navigate = useNavigate();
  const node = useNode();
  const [settled] = useDebouncedValue(text, 120);
  const head = useInfo().data?.head.height;
  const isId = /^0x[0-9a-f]{64}$/.test(settled);
  const byId = useQuery({
    queryKey: ['find', settled],
    enabled: isId,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const [transaction, block] = await Promise.all([
        orNull(node.transaction(settled, { signal })),
        orNull(node.block(settled, { signal })),
      ]);
      return { transaction, block };
    },
  }).data;
  const actions: SpotlightActionData[] = [];
  const height = /^[0-9][0-9,]*$/.test(text) ? Number(text.replaceAll(',', '')) : undefined;
  if (height !== undefined && head !== undefined && height <= head) {
    const open = () => void navigate({ to: '/blocks/$block', params: { block: `${height}` } });
    actions.push(actionOf('block', `Block ${formatCount(height)}`, 'By height', open));
  }
  if (byId?.transaction) {
    const open = () => void navigate({ to: '/transactions/$id', params: { id: settled } });
    actions.push(actionOf('transaction', `Transaction ${shorten(settled)}`, 'By id', open));
  }
  if (byId?.block) {
    const open = () => void navigate({ to: '/blocks/$block', params: { block: settled } });
    const label = `Block ${formatCount(byId.block.height)}`;
    actions.push(actionOf('block', label, `By id ${shorten(settled)}`, open));
  }
  if (/^0x[0-9a-f]{40}$/.test(text)) {
    const open = () => void navigate({ to: '/transactions', search: { sender: text } });
    const label = `Transactions of ${shorten(text, 4, 4)}`;
    actions.push(actionOf('sender', label, 'By address', open));
  }
  return actions;
}

const FOUND_ICONS = {
  block: <IconStack2 {...ICON} />,
  transaction: <IconListDetails {...ICON} />,
  sender: <IconFingerprint {...ICON} />,
};

function actionOf(
  kind: keyof typeof FOUND_ICONS,
  label: string,
  description: string,
  onClick: () => void,
): SpotlightActionData {
  return { id: `found-${kind}`, label, description, onClick, leftSection: FOUND_ICONS[kind] };
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isRefusal(error, 'NOT_FOUND') || isRefusal(error, 'ACCESS_DENIED')) return null;
    throw error;
  }
}

function usePlaces(): SpotlightActionData[] {
  const navigate = useNavigate();
  const { toggleColorScheme } = useMantineColorScheme();
  const contracts = useContracts().data ?? [];
  const members = useMembers().data ?? [];
  return [
    ...PLACES.map(({ to, name, letter, icon: Icon }) => ({
      ...{ id: to, label: name, description: `g ${letter}` },
      ...{ leftSection: <Icon {...ICON} />, onClick: () => void navigate({ to }) },
    })),
    ...contracts.map(({ name, tables }) => ({
      id: `contract-${name}`,
      label: `Contract ${name}`,
      keywords: tables.map((table) => table.name),
      leftSection: <IconBook2 {...ICON} />,
      onClick: () => void navigate({ to: '/contracts/$contract', params: { contract: name } }),
    })),
    ...members.map(({ name, address }) => ({
      id: `member-${address}`,
      label: `Transactions of ${name}`,
      keywords: [address],
      leftSection: <IconFingerprint {...ICON} />,
      onClick: () => void navigate({ to: '/transactions', search: { sender: address } }),
    })),
    {
      id: 'scheme',
      label: 'Light or dark colours',
      leftSection: <IconSunMoon {...ICON} />,
      onClick: toggleColorScheme,
    },
  ];
}
