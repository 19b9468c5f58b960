/**
 * A node of the quality application, as `tally start` runs it: embedded storage, the HTTP API, a
 * line of log for each request. It must never measure. Run as a process by bench/http.ts.
 */

import { openLedger } from 'tallystick';
import quality from '../../apps/quality/contract.ts';
import { createLog } from '../../src/api/log.ts';
import { serve } from '../../src/api/serve.ts';
import { decodeHex } from '../../src/bytes/hex.ts';
import type { AnyContract } from '../../src/contract/contract.ts';
import { viewOf } from '../../src/node/view/view.ts';

export interface Registration {
  readonly reference: string;
  readonly address: string;
  /** `0x…` */
  readonly publicKey: string;
}

const [, , folder = ''] = process.argv;
const ledger = await openLedger(folder, {
  contracts: [quality] as readonly AnyContract[],
});
const serving = await serve({
  ledger,
  contracts: [quality],
  reports: [],
  application: null,
  host: '127.0.0.1',
  port: 0,
  names: [],
  tls: null,
  console: null,
  tokensFile: null,
  version: 'bench',
  // Lines are made, and go nowhere: where to is the operator's choice.
  log: createLog('info', { write: () => undefined }),
});

async function register(controllers: readonly Registration[]): Promise<void> {
  const calls = controllers.flatMap(({ reference, address, publicKey }) => [
    {
      contract: 'identity',
      method: 'admit',
      args: { publicKey: decodeHex(publicKey), name: reference, roles: 'writer' },
    },
    { contract: 'quality', method: 'registerController', args: { reference, account: address } },
  ]);
  await ledger.transact(calls);
}

/** What the process has used so far. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssMiB: number;
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1e3, rssMiB: process.memoryUsage.rss() / 2 ** 20 };
}

/** Resolves when nothing waits. */
async function settled(): Promise<Usage> {
  while (viewOf(ledger).waiting.count > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return usage();
}

process.on('message', (asked: Registration[] | 'usage') => {
  const answer = asked === 'usage' ? settled() : register(asked);
  void answer.then((result) => process.send?.(result ?? {}));
});
process.on('disconnect', () => {
  void serving.close().then(() => ledger.close());
});
process.send?.({ url: serving.url, chain: ledger.chain });
