#!/usr/bin/env node
/**
 * The `tally` command: picks a Node that is new enough and hands over to the command line.
 * Plain JavaScript for old versions of Node; it must never know what a command does.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { explainOldNode, isNewEnough, pinnedNode, runInstead } from './pinned-node.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const [node, self, ...args] = process.argv;
const pinned = pinnedNode(root);

if (isNewEnough(process.versions.node)) {
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const built = new URL('../src/cli/main.js', import.meta.url);
  await import(existsSync(source) ? source.href : built.href);
} else if (pinned !== undefined && pinned !== node) {
  runInstead(pinned, [self, ...args]);
} else {
  console.error(explainOldNode());
  process.exitCode = 1;
}
