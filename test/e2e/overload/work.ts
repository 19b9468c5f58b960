/**
 * A contract whose calls cost as much as one asks for: to overload a node whose machine also has to
 * make the load. It must never be light: what is refused must cost less than what is taken.
 */

import { contract, t, table } from 'tallystick/contract';

export default contract({
  name: 'work',
  tables: {
    done: table({ key: 'id', columns: { id: t.text({ max: 80 }), result: t.uint() } }),
  },
  events: { done: { id: t.text({ max: 80 }), text: t.text({ max: 20_000 }) } },
  methods: (method) => ({
    /** Counts for `turns`, and says `size` letters three times to whoever listens. */
    grind: method({ turns: t.uint(), size: t.uint({ max: 20_000 }) }, (ctx, { turns, size }) => {
      let result = 1;
      for (let turn = 0; turn < turns; turn++) {
        result = (result ^ (result << 13)) >>> 0;
        result = (result ^ (result >>> 17)) >>> 0;
        result = (result ^ (result << 5)) >>> 0;
      }
      ctx.done.insert({ id: ctx.id, result });
      for (let said = 0; said < 3; said++) ctx.emit('done', { id: ctx.id, text: 'x'.repeat(size) });
    }),
  }),
});
