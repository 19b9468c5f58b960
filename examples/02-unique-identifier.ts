/**
 * Exercise 2: a unique identifier that proves order and owner. Nobody hands it out: it is the hash
 * of what its owner signed, and its place on the ledger says what came first.
 * It must never keep a register of names: the identifier is made before the ledger has seen it.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount, isRefusal, openLedger } from 'tallystick';
import { addressOf, encodeHex } from 'tallystick/client';
import { contract, t, table } from 'tallystick/contract';
import { verify } from 'tallystick/verify';

const registry = contract({
  name: 'registry',
  tables: {
    work: table({ key: 'id', columns: { id: t.text(), title: t.text(), owner: t.address() } }),
  },
  methods: (method) => ({
    claim: method({ title: t.text() }, (ctx, { title }) => {
      ctx.work.insert({ id: ctx.transaction, title, owner: ctx.sender.address });
    }),
  }),
});

const folder = mkdtempSync(join(tmpdir(), 'tally-example-'));
const ledger = await openLedger(folder, { contracts: [registry] });
const [mary, john] = [(await createAccount()).account, (await createAccount()).account];

const claim = { contract: 'registry', method: 'claim', args: { title: 'Sourdough' } };
const signed = await ledger.as(mary).sign([claim]);
console.log('known before it is sent:', encodeHex(signed.id));
const first = await ledger.submit(signed.envelope);
const later = await ledger.as(john).registry.claim({ title: 'Sourdough' });

for (const { id } of [first, later]) {
  const { ok, header, bundle, transaction } = await verify(await ledger.prove(id), ledger.chain);
  const owner = addressOf(transaction?.from ?? new Uint8Array());
  const place = bundle?.subject.kind === 'transaction' ? bundle.subject.position : -1;
  console.log(`${ok ? 'proved' : 'refused'}: ${id.slice(0, 10)} is ${name(owner)}'s`);
  console.log(`  and stands at block ${header?.height}, position ${place}`);
}

const again = await ledger.submit(signed.envelope).catch((error: unknown) => error);
console.log('sent again:', isRefusal(again) ? again.code : again);

await ledger.close();
rmSync(folder, { recursive: true });

function name(address: string): string {
  if (address === mary.address) return 'Mary';
  return address === john.address ? 'John' : 'nobody';
}
