/**
 * Where one can go: names, paths, icons and the letter after `g`.
 * It must never know what is there.
 */

import {
  IconBook2,
  IconChartBar,
  IconFileCheck,
  IconFingerprint,
  IconLayoutDashboard,
  IconListDetails,
  IconStack2,
  IconUsers,
} from '@tabler/icons-react';

export const PLACES = [
  { to: '/', name: 'Overview', letter: 'o', icon: IconLayoutDashboard, section: 'Ledger' },
  { to: '/blocks', name: 'Blocks', letter: 'b', icon: IconStack2, section: 'Ledger' },
  {
    ...{ to: '/transactions', name: 'Transactions', letter: 't' },
    ...{ icon: IconListDetails, section: 'Ledger' },
  },
  { to: '/contracts', name: 'Contracts', letter: 'c', icon: IconBook2, section: 'Ledger' },
  { to: '/reports', name: 'Reports', letter: 'r', icon: IconChartBar, section: 'Ledger' },
  { to: '/checker', name: 'Proof checker', letter: 'p', icon: IconFileCheck, section: 'Ledger' },
  { to: '/identity', name: 'Identity', letter: 'i', icon: IconFingerprint, section: 'Access' },
  { to: '/access', name: 'Access', letter: 'a', icon: IconUsers, section: 'Access' },
] as const;

export type Place = (typeof PLACES)[number];

export const SECTIONS = ['Ledger', 'Access'] as const;
