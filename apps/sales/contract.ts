/**
 * Sales of a bakery: one row a sale, a close of each day.
 */

import { contract, sumOf, t, table } from 'tallystick/contract';

export default contract({
  name: 'sales',
  tables: {
    sale: table({
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
      (ctx, sale) => {
        ctx.require(sale.price >= 0n, 'PRICE_NEGATIVE', 'a price is not negative');
        ctx.sale.insert({ id: ctx.id, ...sale });
        return ctx.id;
      },
    ),
  }),
});
