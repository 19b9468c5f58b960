/**
 * The version of this package, as its manifest says.
 * It must never know a command.
 */

import { readFileSync } from 'node:fs';

export function versionOf(): string {
  const file = new URL('../../package.json', import.meta.url);
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}
