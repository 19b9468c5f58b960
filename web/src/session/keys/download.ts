/** Files that this page gives to its user. It must never send them anywhere. */

import type { BrowserKey } from './browser-key.ts';

export function downloadFile(name: string, content: Uint8Array | string, type: string): void {
  const part = typeof content === 'string' ? content : new Uint8Array(content);
  const url = URL.createObjectURL(new Blob([part], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The encrypted key file. REQUIRES a key with a back-up. */
export function downloadBackup({ name, backup }: BrowserKey): void {
  if (backup === null) throw new Error('assertion: this key has no back-up');
  const word = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  downloadFile(`${word}.tally-key.json`, backup, 'application/json');
}
