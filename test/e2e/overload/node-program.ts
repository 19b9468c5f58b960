/**
 * A node with the contract `work`, in a process of its own: for test/e2e/overload.test.ts, which
 * asks it what memory it has. It must never be told of the load by anything but the load.
 */

import { readFileSync } from 'node:fs';
import { createLog } from '../../../src/api/log.ts';
import { serve } from '../../../src/api/serve.ts';
import { decodeHex } from '../../../src/bytes/hex.ts';
import type { AnyContract } from '../../../src/contract/contract.ts';
import { openLedger } from '../../../src/node/open.ts';
import { viewOf } from '../../../src/node/view/view.ts';
import work from './work.ts';

export interface Status {
  /** Memory of its own: pages of mapped files are the system's to take back. */
  readonly privateMiB: number;
  readonly waiting: number;
  readonly height: number;
}

const [, , folder = ''] = process.argv;
const contracts: readonly AnyContract[] = [work];
const ledger = await openLedger(folder, { contracts });
const log = createLog('info', { write: () => undefined });
const where = { host: '127.0.0.1', port: 0, names: [], tls: null, console: null, tokensFile: null };
const rest = { contracts, reports: [], application: null, version: 'test', log };
// A reader that stands still is given 30 s; the test has less.
const serving = await serve({ ledger, ...where, ...rest, limits: { streamStallMs: 3_000 } });

async function admit(publicKeys: readonly string[]): Promise<object> {
  const calls = publicKeys.map((publicKey, at) => ({
    contract: 'identity',
    method: 'admit',
    args: { publicKey: decodeHex(publicKey), name: `sender ${at}`, roles: 'writer' },
  }));
  await ledger.transact(calls);
  return {};
}

function status(): Status {
  const told = readFileSync('/proc/self/status', 'utf8');
  const [, kibibytes] = /RssAnon:\s+(\d+) kB/.exec(told) ?? [];
  const privateMiB = Number(kibibytes) / 1_024;
  return { privateMiB, waiting: viewOf(ledger).waiting.count, height: ledger.head.height };
}

process.on('message', (asked: string[] | 'status') => {
  const answer = asked === 'status' ? Promise.resolve(status()) : admit(asked);
  void answer.then((result) => process.send?.(result));
});
process.on('disconnect', () => {
  void serving.close().then(() => ledger.close());
});
process.send?.({ url: serving.url, chain: ledger.chain });
