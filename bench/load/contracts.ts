/**
 * The contracts that benches run: a note of some bytes, and a sale as the bakery records it.
 * They must never do less than a real contract does: keys, checks and an index are there.
 */

import { contract, t, table } from 'tallystick/contract';
import type { CallRequest } from '../../src/node/ledger-types.ts';

const PAYLOAD_BYTES = 300;

export const note = contract({
  name: 'note',
  tables: {
    entry: table({
      key: 'id',
      columns: { id: t.text({ max: 80 }), data: t.bytes({ max: 4096 }) },
    }),
  },
  methods: (method) => ({
    add: method({ data: t.bytes({ max: 4096 }) }, (ctx, { data }) => {
      ctx.entry.insert({ id: ctx.id, data });
    }),
  }),
});

export const sale = contract({
  name: 'sale',
  tables: {
    line: table({
      key: 'id',
      columns: {
        id: t.text({ max: 80 }),
        product: t.text({ max: 80 }),
        time: t.time(),
        price: t.money(2),
        quantity: t.uint({ min: 1 }),
      },
      indexes: { byTime: ['time'] },
    }),
  },
  methods: (method) => ({
    record: method(
      {
        product: t.text({ max: 80 }),
        time: t.time(),
        price: t.money(2),
        quantity: t.uint({ min: 1 }),
      },
      (ctx, line) => {
        ctx.line.insert({ id: ctx.id, ...line });
      },
    ),
  }),
});

/** Bytes that look random and cost nothing to take: each payload is another window of them. */
const pool = new Uint8Array(1 << 20);
for (let i = 0, x = 1; i < pool.length; i++) {
  x = Math.imul(x, 1_664_525) + 1_013_904_223;
  pool[i] = x >>> 24;
}

export function payload(index: number): Uint8Array {
  const at = (index * 307) % (pool.length - PAYLOAD_BYTES);
  return pool.slice(at, at + PAYLOAD_BYTES);
}

export function noteCall(index: number): CallRequest {
  return { contract: note.name, method: 'add', args: { data: payload(index) } };
}

const PRODUCTS = ['bread', 'croissant', 'baguette', 'brioche', 'rye loaf', 'pain au chocolat'];

export function saleCall(index: number): CallRequest {
  const product = PRODUCTS[index % PRODUCTS.length] ?? 'bread';
  const time = Date.UTC(2026, 0, 1) + index * 1_000;
  const args = { product, time, price: BigInt(100 + (index % 900)), quantity: 1 + (index % 5) };
  return { contract: sale.name, method: 'record', args };
}

/** `count` calls, each another one. */
export function calls(
  call: (index: number) => CallRequest,
  from: number,
  count: number,
): CallRequest[] {
  return Array.from({ length: count }, (_, i) => call(from + i));
}
