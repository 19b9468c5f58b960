/**
 * What every mirror shows of a ledger, whatever database it is kept in: run for SQLite by
 * test/sql/sqlite.test.ts and for PostgreSQL by test/e2e/postgres.test.ts.
 * It must never know which database it tests.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import type { Row } from '../../src/contract/schema/row.ts';
import { addressOf } from '../../src/crypto/account.ts';
import { Mirror } from '../../src/sql/mirror.ts';
import type { Cell } from '../../src/sql/port.ts';
import { objectsOf, type Place } from '../sql/dump.ts';
import {
  CHAIN,
  type Change,
  GENESIS_TIME,
  KINDS,
  MirrorLedger,
  SALES,
  sale,
} from '../sql/mirror-ledger.ts';

const EXTREMES: readonly (readonly [column: string, value: Row[string], cell: Cell])[] = [
  ['sealed', new Uint8Array([0, 255]), '0x00ff'],
  ['sealed', new Uint8Array(0), '0x'],
  ['isPaid', true, 1],
  ['isPaid', false, 0],
  ['soldAt', GENESIS_TIME, GENESIS_TIME],
  ['soldAt', -1, -1],
  ['soldAt', 8.64e15, 8.64e15],
  ['amount', 450n, 450],
  ['amount', -(2n ** 63n), -(2n ** 63n)],
  ['amount', 2n ** 63n - 1n, 2n ** 63n - 1n],
  ['units', 2n ** 53n - 1n, 2 ** 53 - 1],
  ['units', 2n ** 53n, 2n ** 53n],
  ['status', 'CLOSED', 'CLOSED'],
  ['holder', `0x${'ab'.repeat(20)}`, `0x${'ab'.repeat(20)}`],
  ['of', 2 ** 53 - 1, 2 ** 53 - 1],
];

const TEXTS: readonly (readonly [value: string, cell: string])[] = [
  ["'; drop table sale; --", "'; drop table sale; --"],
  ['"quoted" \\ and {a,NULL,"b"}', '"quoted" \\ and {a,NULL,"b"}'],
  ['NULL', 'NULL'],
  ['', ''],
  [' \t\r\n ', ' \t\r\n '],
  ['Pâtisserie 𝄞 👩‍🍳', 'Pâtisserie 𝄞 👩‍🍳'],
  ['a\0b', 'a␀0b'],
  ['a␀b', 'a␀␀b'],
];

const TIMES = [0, -1, GENESIS_TIME, Date.UTC(2026, 11, 31, 23, 59, 59, 999)];

function everyKind(place: string, number: number, row: Row = {}): Change {
  return { table: 'everyKind', row: { place, number, ...row } };
}

/** One ledger with all that `describeRows` looks at. */
function kindsLedger(): MirrorLedger {
  const ledger = new MirrorLedger(KINDS);
  const extremes = EXTREMES.map(([column, value], at) => {
    return everyKind('extreme', at, { [column]: value });
  });
  ledger.add([{ changes: [...extremes, everyKind('extreme', -(2 ** 53 - 1))] }]);
  ledger.add([{ changes: TEXTS.map(([text]) => everyKind(text, 1)) }]);
  ledger.add([{ changes: TIMES.map((soldAt, at) => everyKind('time', at, { soldAt })) }]);
  const order: Change = { table: 'order', row: { id: 1, select: 'x' } };
  ledger.add([{ changes: [order, everyKind('of', 1, { of: 1 })] }]);
  return ledger;
}

/** As two programs may call them in one transaction, by turns. */
const CALLS = [
  ['sales', 'record'],
  ['stock', 'take'],
  ['sales', 'record'],
  ['sales', 'correct'],
  ['stock', 'take'],
  ['sales', 'record'],
] as const;

function salesLedger(): MirrorLedger {
  const ledger = new MirrorLedger(SALES);
  ledger.add([{ changes: [sale('a', 1n), sale('b', 2n)] }, { changes: [sale('a', 3n)] }]);
  ledger.add([{ changes: [{ table: 'sale', delete: ['b'] }] }, { changes: [sale('b', 4n)] }]);
  ledger.add([{ changes: [{ table: 'sale', delete: ['b'] }] }]);
  const data = { amount: 2n ** 60n, proof: new Uint8Array([1]), note: 'a\0"b"' };
  ledger.add([{ events: [['sales', 'sold', data]] }, { code: 'OUT_OF_BREAD' }]);
  ledger.add([{ calls: CALLS }]);
  return ledger;
}

export function describeRows(name: string, { place }: Place): void {
  const [kinds, sales] = [kindsLedger(), salesLedger()];
  const open = ({ registry }: MirrorLedger) =>
    new Mirror({ target: place(), registry, chain: CHAIN });
  const [kindsMirror, salesMirror] = [open(kinds), open(sales)];

  beforeAll(async () => {
    await Promise.all([kindsMirror.apply(kinds.blocks), salesMirror.apply(sales.blocks)]);
  });
  afterAll(async () => {
    await Promise.all([kindsMirror.close(), salesMirror.close()]);
  });

  describe(`values in ${name}`, () => {
    test('a value of every kind arrives as it is, or as its text', async () => {
      const sql = "select * from everyKind where place = 'extreme' order by number";
      const rows = await objectsOf(kindsMirror, sql);
      expect(rows[0]?.number, 'the least whole number').toBe(-(2 ** 53 - 1));
      for (const [at, [column, , cell]] of EXTREMES.entries()) {
        const { [column.toLowerCase()]: found, ...rest } = rows[at + 1] ?? {};
        expect(found, column).toBe(cell);
        const filled = Object.keys(rest).filter((key) => isOwn(key) && rest[key] !== null);
        expect(filled, column).toEqual(['place', 'number']);
      }
    });

    test('text of every kind arrives, and keys that differ stay different', async () => {
      const ofBlock = 'from everyKind_history where _height = 2 order by _position';
      const { rows } = await kindsMirror.query(`select place ${ofBlock}`);
      expect(rows.flat()).toEqual(TEXTS.map(([, cell]) => cell));
      const current = await kindsMirror.query('select * from everyKind where _height = 2');
      expect(current.rows).toHaveLength(TEXTS.length);
    });

    test('a time has its day beside it, in UTC, before 1970 too', async () => {
      const { rows } = await kindsMirror.query(
        "select soldAt_day from everyKind where place in ('time', 'of') order by place, number",
      );
      const days = ['1970-01-01', '1969-12-31', '2026-11-22', '2026-12-31'];
      expect(rows.flat()).toEqual([null, ...days]);
    });

    test('names that are words of SQL, or unquoted in any case, can be asked for', async () => {
      const sql = `select o."select" as word, k.isPaid, k.ISPAID
        from "order" as o join kinds_everyKind as k on k."of" = o.id`;
      expect(await kindsMirror.query(sql)).toMatchObject({
        columns: ['word', 'ispaid', 'ispaid'],
        rows: [['x', null, null]],
      });
    });
  });

  describe(`rows in ${name}`, () => {
    test('a row says which transaction wrote it', async () => {
      const [id] = (
        await salesMirror.query('select id from _transaction where _height = 1 and _position = 1')
      ).rows.flat();
      const columns = ['id', 'price', '_tx', '_height', '_time', '_day'];
      expect(await salesMirror.query(`select ${columns.join(', ')} from sale`)).toMatchObject({
        columns,
        rows: [['a', 3, id, 1, GENESIS_TIME + 1000, '2026-11-22']],
      });
    });

    test('a history has every version in order, and what a deletion took away', async () => {
      const { rows } = await salesMirror.query(
        'select _height, _position, _operation, id, price from sale_history order by 1, 2',
      );
      expect(rows).toEqual([
        [1, 0, 'insert', 'a', 1],
        [1, 1, 'insert', 'b', 2],
        [1, 2, 'update', 'a', 3],
        [2, 0, 'delete', 'b', 2],
        [2, 1, 'insert', 'b', 4],
        [3, 0, 'delete', 'b', 4],
      ]);
    });

    test('a table is called as in its contract, with or without the contract before it', async () => {
      for (const table of ['sale', 'sales_sale', 'Sale', '"sale"']) {
        expect((await salesMirror.query(`select id from ${table}`)).rows, table).toEqual([['a']]);
      }
    });

    test('blocks, transactions, calls and events are there, failures with their code', async () => {
      const { id = new Uint8Array() } = sales.blocks[4]?.block ?? {};
      expect((await salesMirror.query('select * from _blocks where height = 4')).rows).toEqual([
        [4, encodeHex(id), GENESIS_TIME + 4000, '2026-11-22', 2],
      ]);
      const { rows } = await salesMirror.query(`select _position, _time, sender, calls, refused
        from _transaction where _height = 4 order by _position`);
      const [time, sender] = [GENESIS_TIME + 4000, addressOf(new Uint8Array(32).fill(1))];
      const calls = '[["sales","change",1]]';
      expect(rows).toEqual([
        [0, time, sender, calls, null],
        [1, time, sender, calls, 'OUT_OF_BREAD'],
      ]);
      const { envelopes } = sales.blocks[5]?.block ?? {};
      const last = 'select calls, bytes from _transaction where _height = 5';
      expect((await salesMirror.query(last)).rows).toEqual([
        ['[["sales","record",3],["stock","take",2],["sales","correct",1]]', envelopes?.[0]?.length],
      ]);
      const counts = await salesMirror.query(`select contract, method, count from _call
        where _height = 5 and _position = 0 order by contract, method`);
      expect(counts.rows).toEqual([
        ['sales', 'correct', 1],
        ['sales', 'record', 3],
        ['stock', 'take', 2],
      ]);
      const events = await salesMirror.query(
        "select position, number, name, data ->> 'proof' as proof, data from _events",
      );
      const [position, number, event, proof, text] = events.rows[0] ?? [];
      expect([position, number, event, proof]).toEqual([0, 0, 'sold', '0x01']);
      const json = { amount: String(2n ** 60n), proof: '0x01', note: 'a␀0"b"' };
      expect(JSON.parse(String(text))).toEqual(json);
    });
  });
}

function isOwn(column: string): boolean {
  return !column.startsWith('_') && !column.endsWith('_day');
}
