/**
 * Exercise 3: many transactions in a block under one Merkle root, on a key-value store. Ten hashes
 * show that one of a thousand sales is under the root; the store is LMDB, a file in the folder.
 * It must never hold a transaction back for a fuller block: what arrives together shares one.
 */

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from 'tallystick';
import { encodeHex, parseBundle } from 'tallystick/client';
import { contract, t, table } from 'tallystick/contract';
import { verify } from 'tallystick/verify';

const bakery = contract({
  name: 'bakery',
  tables: { sale: table({ key: 'id', columns: { id: t.text(), price: t.money(2) } }) },
  methods: (method) => ({
    sell: method({ price: t.money(2) }, (ctx, { price }) => {
      ctx.sale.insert({ id: ctx.id, price });
    }),
  }),
});

const folder = mkdtempSync(join(tmpdir(), 'tally-example-'));
const ledger = await openLedger(folder, { contracts: [bakery] });

const prices = Array.from({ length: 1_000 }, (_, at) => BigInt(100 + at));
const sold = await Promise.all(prices.map((price) => ledger.bakery.sell({ price })));
const { header } = ledger.block(1);
console.log(`${sold.length} sales in ${ledger.head.height} block, ${header.count} under one root`);
console.log('root:', encodeHex(header.transactions));

const proof = await ledger.prove(sold[499]?.id ?? '');
const { subject } = parseBundle(proof);
const path = subject.kind === 'transaction' ? subject.transactionPath : [];
const { ok, checks } = await verify(proof, ledger.chain);
console.log(`sale 500 needs ${path.length} hashes to reach it:`, path.map(short).join(' '));
console.log(ok ? 'proved:' : 'refused:', checks.find(({ name }) => name === 'transaction')?.says);

await ledger.close();
const bytes = statSync(join(folder, 'log.mdb')).size;
console.log(`on disk: one LMDB file, ${Math.round(bytes / sold.length)} bytes a sale`);
rmSync(folder, { recursive: true });

function short(hash: Uint8Array): string {
  return encodeHex(hash).slice(2, 8);
}
