/**
 * Exercise 1: chain three sales, each naming the one before, so that tampering is visible.
 * It must never need a network, nor a word of trust: whoever has the chain checks a sale alone.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from 'tallystick';
import { encodeHex } from 'tallystick/client';
import { contract, t, table } from 'tallystick/contract';
import { verify } from 'tallystick/verify';

const bakery = contract({
  name: 'bakery',
  tables: {
    sale: table({
      key: 'number',
      columns: { number: t.uint(), id: t.text(), previous: t.text(), product: t.text() },
    }),
  },
  methods: (method) => ({
    sell: method({ product: t.text() }, (ctx, { product }) => {
      const [last] = ctx.sale.range({ reverse: true, limit: 1 });
      const { number, id } = last ?? { number: 0, id: 'none' };
      ctx.sale.insert({ number: number + 1, id: ctx.transaction, previous: id, product });
    }),
  }),
});

const folder = mkdtempSync(join(tmpdir(), 'tally-example-'));
const ledger = await openLedger(folder, { contracts: [bakery] });
for (const product of ['bread', 'croissant', 'brioche']) await ledger.bakery.sell({ product });

for (const { number, product, id, previous } of ledger.tables.bakery.sale.range()) {
  console.log(`sale ${number} ${product}: ${id.slice(0, 10)} names ${previous.slice(0, 10)}`);
  const parent = encodeHex(ledger.block(number).header.parent);
  console.log(`  block ${number} names block ${number - 1}: ${parent.slice(0, 10)}`);
}

const second = ledger.tables.bakery.sale.get(2)?.id ?? '';
const proof = Buffer.from(await ledger.prove(second));
console.log('the proof of sale 2 holds:', (await verify(proof, ledger.chain)).ok);

proof.write('croissanT', proof.indexOf('croissant'));
const { ok, checks } = await verify(proof, ledger.chain);
console.log('with one letter changed:', ok, '·', checks.at(-1)?.says);

await ledger.close();
rmSync(folder, { recursive: true });
