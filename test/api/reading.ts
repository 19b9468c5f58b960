/**
 * Reading over HTTP: pages, rows by filter and order, histories, proofs, SQL. One suite for every
 * database that may be behind it. It must never know which one is.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeHex } from '../../src/bytes/hex.ts';
import { parseBundle, verify } from '../../src/client/client.ts';
import { parseReport } from '../../src/sql/report/report.ts';
import { type Answer, codeOf, type Member, startNode, submit, type TestNode } from './world.ts';

const ROWS = '/v1/contracts/shop/tables/item/rows';
const REPORT = parseReport(
  'stock',
  '-- title Stock\n-- chart bar id n\nselect id, stock as n from item',
);

/** `sql` is the address of a server; null for the file in the ledger's folder. */
export function describeReading(sql: () => string | null): void {
  let node: TestNode;
  let mary: Member;
  beforeAll(async () => {
    node = await startNode({ inFolder: true, reports: [REPORT], sql: sql() });
    mary = await node.member('mary', ['writer']);
    const items: [string, bigint, number, string | undefined][] = [
      ['apple', 120n, 5, 'red'],
      ['bread', 350n, 2, undefined],
      ['cake', 1_250n, 2, 'with 50% cream'],
      ['date', 90n, 9, undefined],
      ['egg', 30n, 2, 'Red box'],
    ];
    for (const [id, price, stock, note] of items) {
      const args = { id, price, stock, ...(note === undefined ? {} : { note }) };
      const { status } = await submit(node, mary, 'add', args);
      if (status !== 200) throw new Error(`${status}`);
    }
    await submit(node, mary, 'change', { id: 'apple', stock: 7 });
    await submit(node, mary, 'add', { id: 'free', price: 0n, stock: 1 });
  });
  afterAll(() => node.close());

  interface Items {
    readonly items: readonly { readonly [name: string]: unknown }[];
    readonly next: string | null;
  }

  async function get(path: string): Promise<Answer> {
    return mary.ask('GET', path);
  }

  /** Every item of a list, asked for `limit` at a time. */
  async function pages(path: string, limit: number): Promise<Items['items'][number][]> {
    const found: Items['items'][number][] = [];
    let cursor = '';
    for (let page = 0; page < 100; page++) {
      const { body, status } = await get(
        `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor}`,
      );
      if (status !== 200) throw new Error(JSON.stringify(body));
      const { items, next } = body as Items;
      expect(items.length).toBeLessThanOrEqual(limit);
      found.push(...items);
      if (next === null) return found;
      cursor = `&cursor=${next}`;
    }
    throw new Error('a list without an end');
  }

  async function ids(query: string, limit = 2): Promise<unknown[]> {
    const rows = await pages(`${ROWS}${query}`, limit);
    return rows.map(({ row }) => (row as { id: string }).id);
  }

  describe('lists', () => {
    test('blocks and transactions come newest first, page by page, each once (H45, H30)', async () => {
      const { height } = node.ledger.head;
      const blocks = await pages('/v1/blocks', 3);
      expect(blocks.map((block) => block.height)).toEqual(
        Array.from({ length: height + 1 }, (_, at) => height - at),
      );
      const transactions = await pages('/v1/transactions', 3);
      const all = await pages('/v1/transactions', 500);
      expect(transactions).toEqual(all);
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    });

    test('transactions by sender, contract, method and refusal (H30)', async () => {
      const own = await pages(`/v1/transactions?sender=${mary.account.address}`, 2);
      expect(own).toHaveLength(7);
      expect(await pages('/v1/transactions?contract=shop', 3)).toEqual(own);
      const changes = await pages('/v1/transactions?contract=shop&method=change', 2);
      expect(changes).toMatchObject([
        { calls: [{ contract: 'shop', method: 'change', count: 1 }] },
      ]);
      const refused = await pages('/v1/transactions?refused=true', 2);
      expect(refused).toMatchObject([{ refused: 'PRICE_ZERO' }]);
      expect(await pages('/v1/transactions?refused=PRICE_ZERO', 2)).toEqual(refused);
      expect(await pages('/v1/transactions?contract=shop&refused=false', 4)).toHaveLength(6);
      expect(await pages('/v1/transactions?contract=nothing', 4)).toEqual([]);
    });

    test('a block by height and by id, with its transactions (H30)', async () => {
      const byHeight = await get('/v1/blocks/2');
      const { id, header } = byHeight.body as { id: string; header: string };
      expect((await get(`/v1/blocks/${id}`)).body).toEqual(byHeight.body);
      expect(header).toMatch(/^0x/);
      expect((await get('/v1/blocks/9999')).status).toBe(404);
      expect((await get(`/v1/blocks/0x${'0'.repeat(64)}`)).status).toBe(404);
    });

    test('a cursor that no list gave is refused (H45)', async () => {
      for (const cursor of ['x', 'bm8', 'W10', 'WzEsMiwzXQ', 'WyJuOSJd']) {
        const answer = await get(`/v1/blocks?cursor=${cursor}`);
        expect([cursor, answer.status, codeOf(answer)]).toEqual([cursor, 400, 'REQUEST_INVALID']);
        expect([400, 200]).toContain((await get(`${ROWS}?cursor=${cursor}&order=note`)).status);
      }
    });
  });

  describe('rows', () => {
    test('come by key, by an index, and by what only the mirror knows (H35)', async () => {
      expect(await ids('')).toEqual(['apple', 'bread', 'cake', 'date', 'egg']);
      expect(await ids('?order=-id')).toEqual(['egg', 'date', 'cake', 'bread', 'apple']);
      expect(await ids('?order=stock')).toEqual(['bread', 'cake', 'egg', 'apple', 'date']);
      expect(await ids('?order=price')).toEqual(['egg', 'date', 'apple', 'bread', 'cake']);
      expect(await ids('?order=-price', 1)).toEqual(['cake', 'bread', 'apple', 'date', 'egg']);
      expect(await ids('?order=-written', 1)).toEqual(['apple', 'egg', 'date', 'cake', 'bread']);
    });

    test('with nothing in a column come before those with something, and turned round after (H35)', async () => {
      expect(await ids('?order=note', 1)).toEqual(['bread', 'date', 'egg', 'apple', 'cake']);
      expect(await ids('?order=-note', 1)).toEqual(['cake', 'apple', 'egg', 'date', 'bread']);
    });

    test('meet every condition (H35)', async () => {
      const cases: [string, string[]][] = [
        ['where=stock:eq:2', ['bread', 'cake', 'egg']],
        ['where=stock:eq:2&where=id:gt:bread', ['cake', 'egg']],
        ['where=stock:ge:2&where=stock:lt:7&order=stock', ['bread', 'cake', 'egg']],
        ['where=stock:gt:2&order=-stock', ['date', 'apple']],
        ['where=stock:le:7&order=-stock', ['apple', 'egg', 'cake', 'bread']],
        ['where=price:ge:1.20', ['apple', 'bread', 'cake']],
        ['where=id:ne:cake', ['apple', 'bread', 'date', 'egg']],
        ['where=note:has:red', ['apple', 'egg']],
        ['where=note:has:50%25', ['cake']],
        ['where=note:eq:', ['bread', 'date']],
        ['where=note:ne:', ['apple', 'cake', 'egg']],
        ['where=id:ge:b&where=id:lt:d', ['bread', 'cake']],
        ['where=id:le:cake&order=-id', ['cake', 'bread', 'apple']],
        ['where=stock:eq:2&where=stock:eq:5', []],
      ];
      for (const [query, expected] of cases) {
        expect([query, await ids(`?${query}`, 1)]).toEqual([query, expected]);
        expect([query, await ids(`?${query}`, 50)]).toEqual([query, expected]);
      }
    });

    test('are refused conditions that make no sense, saying which (H42, H35)', async () => {
      const cases = [
        'where=nothing:eq:1',
        'where=stock:eq:x',
        'where=stock:has:2',
        'where=note:lt:',
        'where=stock',
        'order=nothing',
        'limit=501',
        'unknown=1',
      ];
      for (const query of cases)
        expect([query, (await get(`${ROWS}?${query}`)).status]).toEqual([query, 400]);
      expect((await get('/v1/contracts/shop/tables/none/rows')).status).toBe(404);
      expect((await get('/v1/contracts/none/tables/item/rows')).status).toBe(404);
    });

    test('no value of a condition is read as SQL (H33)', async () => {
      const evil = encodeURIComponent(`note:has:x' or 1=1; drop table "shop_item" --`);
      expect(await ids(`?where=${evil}`)).toEqual([]);
      expect(await ids('?order=price')).toHaveLength(5);
    });

    test('one by its key, with every version of it (H30)', async () => {
      const path = `${ROWS}/${encodeURIComponent('"apple"')}`;
      expect((await get(path)).body).toMatchObject({
        key: '"apple"',
        row: { price: '1.20', stock: 7 },
      });
      const versions = await pages(`${path}/history`, 1);
      expect(versions.map(({ row }) => (row as { stock: number }).stock)).toEqual([7, 5]);
      expect((await get(`${ROWS}/${encodeURIComponent('"none"')}`)).status).toBe(404);
      for (const key of ['none', '{}', '[1,2]', '1', '%5B']) {
        expect([key, (await get(`${ROWS}/${key}`)).status]).toEqual([key, 400]);
      }
    });
  });

  describe('proofs', () => {
    test('of a transaction and of a row hold, as files and as JSON (H31)', async () => {
      const { body } = await get('/v1/transactions?limit=1');
      const [last] = (body as Items).items;
      const paths = [
        `/v1/transactions/${last?.id}/proof`,
        `/v1/transactions/${last?.id}/proof?anchor=true`,
        `${ROWS}/${encodeURIComponent('"apple"')}/proof`,
        `${ROWS}/${encodeURIComponent('"nothing"')}/proof`,
      ];
      for (const path of paths) {
        const file = await get(path);
        expect(file.headers.get('content-type')).toBe('application/vnd.tallystick.proof');
        const verdict = await verify(file.bytes, node.ledger.chain);
        expect([path, verdict.ok]).toEqual([path, true]);
        const view = await mary.ask('GET', path, { headers: { accept: 'application/json' } });
        const { bundle } = view.body as { bundle: string };
        expect(parseBundle(decodeHex(bundle)).subject.kind).toBe(
          path.includes('rows') ? 'row' : 'transaction',
        );
      }
    });

    test('that the first blocks begin the later ledger; a checkpoint as text (H30, H31)', async () => {
      const { height } = node.ledger.head;
      const answer = await get(`/v1/consistency?from=1&to=${height + 1}`);
      expect(answer.body).toMatchObject({ from: 1, to: height + 1 });
      expect((await get(`/v1/consistency?from=3&to=2`)).status).toBe(400);
      expect((await get(`/v1/consistency?from=1&to=${height + 2}`)).status).toBe(400);
      const checkpoint = await get('/v1/checkpoint');
      expect(String(checkpoint.body)).toContain(`\n${height + 1}\n`);
    });
  });

  describe('SQL', () => {
    test('answers one SELECT, within rows and time (H33)', async () => {
      const json = {
        query: 'select id, price from item where stock >= :least',
        parameters: { least: 5 },
      };
      const { body } = await mary.ask('POST', '/v1/sql', { json });
      expect(body).toMatchObject({ columns: ['id', 'price'], formats: ['text', 'money(2)'] });
      const cut = { query: 'select id from item', rowsMax: 2 };
      expect((await mary.ask('POST', '/v1/sql', { json: cut })).body).toMatchObject({
        truncated: true,
      });
      const slow = {
        query:
          'with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n',
        timeoutMs: 200,
      };
      const late = await mary.ask('POST', '/v1/sql', { json: slow });
      expect([late.status, codeOf(late)]).toEqual([503, 'SQL_TIMEOUT']);
      for (const query of [
        'delete from item',
        'select 1; select 2',
        'nonsense',
        'pragma user_version',
      ]) {
        const answer = await mary.ask('POST', '/v1/sql', { json: { query } });
        expect([query, answer.status, codeOf(answer)]).toEqual([query, 400, 'SQL_INVALID']);
      }
    });

    test('names its tables, and the saved reports with how to draw them (H33)', async () => {
      const { tables } = (await get('/v1/sql/schema')).body as { tables: { name: string }[] };
      expect(tables.map(({ name }) => name)).toContain('shop_item');
      const reports = await pages('/v1/reports', 1);
      expect(reports).toMatchObject([{ name: 'stock', chart: { kind: 'bar', x: 'id', y: ['n'] } }]);
      const [{ query }] = reports as unknown as [{ query: string }];
      expect((await mary.ask('POST', '/v1/sql', { json: { query } })).status).toBe(200);
    });
  });

  test('the ledger says what it is and how many transactions it has (H30)', async () => {
    await expect
      .poll(async () => ((await get('/v1/ledger')).body as { transactions: number }).transactions)
      .toBe((await pages('/v1/transactions', 500)).length);
    expect((await get('/v1/ledger')).body).toMatchObject({
      chain: node.ledger.chain,
      health: { status: 'ok' },
      waiting: 0,
    });
    expect((await get('/v1/members')).body).toMatchObject({ items: [{ name: 'mary' }] });
  });
}
