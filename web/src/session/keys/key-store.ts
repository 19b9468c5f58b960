/**
 * The keys of this browser: kept in its database, and which of them is in use.
 * It must never send one anywhere.
 */

import type { BrowserKey } from './browser-key.ts';
import { inStore } from './database.ts';

const CHOSEN = 'tallystick-key';

/** Oldest first. */
export async function loadKeys(): Promise<BrowserKey[]> {
  const keys: BrowserKey[] = await inStore('keys', 'readonly', (store) => store.getAll());
  return keys.sort((a, b) => a.created - b.created);
}

export async function saveKey(key: BrowserKey): Promise<void> {
  await inStore('keys', 'readwrite', (store) => store.put(key));
}

export async function deleteKey(address: string): Promise<void> {
  await inStore('keys', 'readwrite', (store) => store.delete(address));
  if (chosenKey() === address) chooseKey(null);
}

/** Address of the key in use; null after signing out, until one is chosen again. */
export function chosenKey(): string | null {
  return localStorage.getItem(CHOSEN);
}

export function chooseKey(address: string | null): void {
  if (address === null) localStorage.removeItem(CHOSEN);
  else localStorage.setItem(CHOSEN, address);
}

/** Asks the browser not to drop the database when the disk is short; it may say no. */
export async function keepKeys(): Promise<void> {
  await navigator.storage?.persist?.();
}
