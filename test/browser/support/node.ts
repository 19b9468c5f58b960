/**
 * A node for a browser to look at: the sales ledger with its sample, served by the real command, on
 * a free port, in a folder that goes when it stops. It must never reach the outside.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect, type NodeClient, openWallet } from '../../../src/client/client.ts';

const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = path.join(ROOT, 'src/cli/main.ts');

export interface RunningNode {
  /** `http://127.0.0.1:…`, without a slash at the end. */
  readonly url: string;
  /** Signs the first administrator in, once. */
  readonly link: string;
  /** Where the ledger is. */
  readonly folder: string;
  /** The owner's client, to do what a test needs done by somebody else. */
  readonly owner: NodeClient;
  /** A one-time link for one more member. */
  invite(name: string, roles?: readonly string[]): Promise<string>;
  /** Ends it as SIGTERM does, and removes the folder. */
  stop(): Promise<void>;
}

/** Runs `tally start` on a new ledger of sales; `more` are further arguments. */
export async function startSalesNode(more: readonly string[] = []): Promise<RunningNode> {
  if (!existsSync(path.join(ROOT, 'web/dist/index.html'))) {
    throw new Error('the console is not built: npm run build:web');
  }
  const parent = mkdtempSync(path.join(tmpdir(), 'tally-browser-'));
  const folder = path.join(parent, 'sales');
  const child = spawn(
    process.execPath,
    [MAIN, 'start', folder, '--port', '0', '--link', '--json', '--log-level', 'error', ...more],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { url, link } = await readyLine(child);
  const { account } = await openWallet(readFileSync(path.join(folder, 'owner.key'), 'utf8'), '');
  const owner = connect(url, { account });
  return {
    ...{ url, link, folder, owner },
    invite: async (name, roles = ['admin']) => (await owner.invite({ name, roles })).link,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** The line that the command prints once it takes requests. */
async function readyLine(child: ChildProcess): Promise<{ url: string; link: string }> {
  if (child.stdout === null) throw new Error('assertion: the node has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const ready: unknown = JSON.parse(line);
    if (isReady(ready)) return ready;
  }
  throw new Error(`the node ended before it took requests, with ${child.exitCode}`);
}

function isReady(line: unknown): line is { url: string; link: string } {
  if (typeof line !== 'object' || line === null) return false;
  return 'url' in line && typeof line.url === 'string' && 'link' in line;
}
