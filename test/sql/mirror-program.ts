/**
 * A program for tests to kill: mirrors a bakery in batches of one block, or asks a query without
 * end, and prints a line for each step. It must never end by itself before it is done.
 */

import { readFileSync } from 'node:fs';
import { Mirror, Queries } from '../../src/sql/mirror.ts';
import type { SqlTarget } from '../../src/sql/port.ts';
import { bakery, CHAIN } from './mirror-ledger.ts';

const [task = '', json = '', blocks = '0'] = process.argv.slice(2);
const target = JSON.parse(json) as SqlTarget;

async function mirrorAll(): Promise<void> {
  const ledger = bakery(Number(blocks));
  const mirror = new Mirror({ target, registry: ledger.registry, chain: CHAIN });
  for (const block of ledger.blocks) {
    const head = await mirror.apply([block]);
    console.log(head?.height);
  }
  await mirror.close();
}

async function askForEver(): Promise<void> {
  const queries = new Queries(target);
  await queries.query('select 1 as one');
  const endless = 'with recursive r(x) as (select 1 union all select x + 1 from r)';
  const asked = queries.query(`${endless} select count(*) as n from r`, { timeoutMs: 5_000 });
  // Long enough for the query to be under way, and short beside its time.
  await new Promise((resolve) => setTimeout(resolve, 500));
  console.log(readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim());
  await asked;
}

await (task === 'mirror' ? mirrorAll() : askForEver());
