/**
 * `tally new`: a small project in a new folder, that runs at once.
 * It must never ask anything, nor touch a folder that has something in it.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../../../bytes/refusal.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { assertFree } from '../../folder/create.ts';
import { writeProject } from '../../new/project.ts';
import { styleOf } from '../../output/style.ts';
import { visible } from '../../output/table.ts';
import type { World } from '../../world.ts';

export interface NewOptions {
  readonly tallystick?: string;
}

/** What npm takes for a name, and a person can type. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const TOOLS = { '@types/node': '^24.0.0', typescript: '^7.0.0' };

export function newProject(world: World, folder: string, options: NewOptions): ExitCode {
  const name = path.basename(path.resolve(folder));
  if (!NAME.test(name)) {
    throw new Refusal('USAGE', `${visible(name)} cannot be the name of a package`, {
      next: 'use lower-case letters, digits and hyphens: my-ledger',
    });
  }
  assertFree(folder);
  const tallystick = options.tallystick ?? ownPackage(folder);
  mkdirSync(folder, { recursive: true });
  const files = writeProject(folder, { name, tallystick, tools: TOOLS });
  const style = styleOf(world.out);
  const written = files.map((file) => style.name(file)).join(', ');
  world.out.write(`${style.good('✓')} a new project in ${style.title(folder)}: ${written}\n\n`);
  world.out.write(`  cd ${folder}\n  npm install\n  npm test\n  npm run dev\n`);
  return EXIT.ok;
}

/** A clone is named by its folder; what was installed by its version. */
function ownPackage(folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null;
  if (isManifest && 'private' in manifest) {
    const relative = path.relative(path.resolve(folder), ROOT).split(path.sep).join('/');
    return `file:${relative}`;
  }
  return isManifest && 'version' in manifest ? `^${manifest.version}` : '*';
}
