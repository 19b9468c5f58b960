/**
 * Sales of a bakery: one row for each line sold, and a close of each day that nobody can undo.
 * It must never know a time zone or a currency: times are instants, prices are money with cents.
 */

import { contract, floorDiv, sumOf, t, table } from 'tallystick/contract';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The first instant that a time column holds. */
const EARLIEST = -8_640_000_000_000_000;
/** `till` has one row. */
const TILL = 'till';

/** What is sold; together these bounds keep every amount of a sale exact in SQL as well. */
const sold = {
  product: t.text({ min: 1, max: 80 }),
  time: t.time(),
  price: t.money(2, { max: 100_000_000_000n }),
  quantity: t.uint({ min: 1, max: 1_000_000 }),
  /** Lines of one purchase carry one ticket. */
  ticket: t.text({ max: 40, optional: true }),
};

export default contract({
  name: 'sales',
  tables: {
    sale: table({
      key: 'id',
      columns: { id: t.text({ max: 80 }), ...sold },
      indexes: { byTime: ['time'] },
    }),
    /** A closed day: what was sold from `starts` until before `ends`, as it was when it closed. */
    day: table({
      key: 'day',
      columns: {
        day: t.text({ max: 10 }),
        starts: t.time(),
        ends: t.time(),
        sales: t.uint(),
        units: t.uint(),
        total: t.money(2),
        /** Everything sold up to and with this day. */
        grand: t.money(2),
        closer: t.address(),
      },
    }),
    /** Until when everything is closed, and everything sold until then. */
    till: table({
      key: 'id',
      columns: { id: t.text({ max: 4 }), closed: t.time(), grand: t.money(2) },
    }),
  },
  events: {
    dayClosed: { day: t.text(), sales: t.uint(), units: t.uint(), total: t.money(2) },
  },
  methods: (method) => ({
    /** Records one line sold; gives the id of its row. */
    record: method(sold, (ctx, sale) => {
      ctx.require(sale.price >= 0n, 'PRICE_NEGATIVE', 'a price is not negative');
      const closed = ctx.till.get(TILL)?.closed;
      if (closed !== undefined && sale.time < closed) {
        ctx.refuse('DAY_CLOSED', 'the day of this sale is closed', { closed });
      }
      ctx.sale.insert({ id: ctx.id, ...sale });
      return ctx.id;
    }),

    /**
     * Closes a day for ever. Without bounds it is the day in UTC; a shop in another zone gives
     * when its day starts and ends. Days close in order, and none with sales is left out.
     */
    closeDay: method(
      {
        day: t.text({ min: 10, max: 10 }),
        starts: t.time({ optional: true }),
        ends: t.time({ optional: true }),
      },
      (ctx, asked) => {
        ctx.require(ctx.sender.roles.includes('owner'), 'OWNER_ONLY', 'only the owner closes days');
        const { day } = asked;
        const midnight = parseDay(day) ?? ctx.refuse('DAY_INVALID', 'a day is like 2025-10-10');
        const starts = asked.starts ?? midnight;
        const ends = asked.ends ?? starts + DAY_MS;
        ctx.require(isDay(midnight, starts, ends), 'DAY_INVALID', `not the bounds of ${day}`);
        ctx.require(!ctx.day.has(day), 'DAY_CLOSED', `${day} is closed`);
        ctx.require(starts <= ctx.time, 'DAY_NOT_BEGUN', `${day} has not begun`);
        const till = ctx.till.get(TILL);
        if (till !== undefined && starts < till.closed) {
          ctx.refuse('DAY_CLOSED', 'a later day is closed', { closed: till.closed });
        }
        const from = till?.closed ?? EARLIEST;
        const [left] = ctx.sale.range({ index: 'byTime', from, to: starts, limit: 1 });
        if (left !== undefined) {
          ctx.refuse('DAY_SKIPPED', `there are sales before ${day}: close their day first`, {
            sale: left.id,
            time: left.time,
          });
        }
        const totals = totalsOf(ctx.sale.range({ index: 'byTime', from: starts, to: ends }));
        const grand = (till?.grand ?? 0n) + totals.total;
        ctx.day.insert({ day, starts, ends, ...totals, grand, closer: ctx.sender.address });
        if (till === undefined) ctx.till.insert({ id: TILL, closed: ends, grand });
        else ctx.till.update(TILL, { closed: ends, grand });
        ctx.emit('dayClosed', { day, ...totals });
        return totals;
      },
    ),
  }),
  invariants: {
    dayEqualsItsSales(ctx) {
      for (const { day, starts, ends, sales, units, total } of ctx.day.range()) {
        const now = totalsOf(ctx.sale.range({ index: 'byTime', from: starts, to: ends }));
        const isSame = now.sales === sales && now.units === units && now.total === total;
        ctx.require(isSame, 'DAY_CHANGED', `${day} does not equal its sales`);
      }
    },
    /** No sale before the last close is outside the closed days, and none is in two. */
    closedDaysHoldEverything(ctx) {
      const days = [...ctx.day.range()];
      const till = ctx.till.get(TILL);
      const to = till?.closed ?? EARLIEST;
      const { sales, total } = totalsOf(ctx.sale.range({ index: 'byTime', to }));
      let counted = 0;
      for (const day of days) counted += day.sales;
      ctx.require(counted === sales, 'DAYS_INCOMPLETE', 'the days do not hold every closed sale');
      const sum = sumOf(days.map((day) => day.total));
      ctx.require(sum === total, 'DAYS_INCOMPLETE', 'the days do not sum to what was sold');
      ctx.require(sum === (till?.grand ?? 0n), 'GRAND_WRONG', 'the grand total is not the sum');
    },
  },
});

function totalsOf(rows: Iterable<{ readonly price: bigint; readonly quantity: number }>) {
  let sales = 0;
  let units = 0;
  let total = 0n;
  for (const { price, quantity } of rows) {
    sales++;
    units += quantity;
    total += price * BigInt(quantity);
  }
  return { sales, units, total };
}

/** A day has 23 to 25 hours, and somewhere on Earth its date is that of its start. */
function isDay(midnight: number, starts: number, ends: number): boolean {
  const length = ends - starts;
  if (length < 23 * HOUR_MS || length > 25 * HOUR_MS) return false;
  return starts >= midnight - 14 * HOUR_MS && starts < midnight + 36 * HOUR_MS;
}

/** Midnight UTC of `2025-10-10`, or null where that is no day of the calendar. */
function parseDay(text: string): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return null;
  const [year, month, day] = parts.slice(1).map((digits) => parseInt(digits, 10));
  if (year === undefined || month === undefined || day === undefined) return null;
  if (month < 1 || month > 12 || day < 1) return null;
  const first = daysBefore(year, month);
  const next = month === 12 ? daysBefore(year + 1, 1) : daysBefore(year, month + 1);
  return first + day > next ? null : (first + day - 1) * DAY_MS;
}

/** Days from 1970-01-01 to the first of a month; a year is counted from March, a leap day last. */
function daysBefore(year: number, month: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const leapDays = floorDiv(marchYear, 4) - floorDiv(marchYear, 100) + floorDiv(marchYear, 400);
  return 365 * marchYear + leapDays + floorDiv(153 * marchMonth + 2, 5) - 719_468;
}
