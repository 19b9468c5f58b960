/** Proves how files are read for import: lines, records, cells, arguments. */

import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { CsvRecords } from '../../src/cli/import/csv.ts';
import { LINE_BYTES_MAX, LineSplitter } from '../../src/cli/import/lines.ts';
import { planMapping } from '../../src/cli/import/mapping.ts';
import type { InputRecord } from '../../src/cli/import/record.ts';
import { openSource, type SourceOptions } from '../../src/cli/import/source.ts';
import { contract, t } from '../../src/contract/contract.ts';
import { Tally } from './world.ts';

const tally = new Tally();
afterAll(() => tally.close());

async function read(content: string | Uint8Array, options: SourceOptions = {}) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const source = await openSource('-', Readable.from([bytes]), options);
  const records: InputRecord[] = [];
  for await (const some of source.records()) records.push(...some);
  return { header: source.header?.names ?? null, records };
}

/** Line numbers with cells, objects or faults. */
async function said(content: string | Uint8Array, options: SourceOptions = {}): Promise<unknown[]> {
  const { records } = await read(content, options);
  return records.map(({ line, content: found }) => {
    if (found.kind === 'fault') return [line, found.reason];
    return [line, found.kind === 'cells' ? found.cells : found.object];
  });
}

const QUOTE_FAULT = 'has a quote that is not closed, or one in the middle of a cell';

describe('lines of a CSV file', () => {
  test('are numbered as an editor does, also after quoted line breaks, CRLF and blank lines', async () => {
    expect(await said('a,b\r\n1,"x\r\ny"\r\n\r\n2,3\r\n4,5')).toEqual([
      [2, ['1', 'x\ny']],
      [5, ['2', '3']],
      [6, ['4', '5']],
    ]);
  });

  test('may begin with a byte order mark', async () => {
    const { header } = await read(Buffer.from('\uFEFFa,b\n1,2\n'));
    expect(header).toEqual(['a', 'b']);
  });

  test('are good after a bad one: a stray quote costs its own line', async () => {
    expect(await said('a,b\n1,x"y\n2,"z"\n3,"a"b\n4,5\n')).toEqual([
      [2, QUOTE_FAULT],
      [3, ['2', 'z']],
      [4, 'has a quote out of place'],
      [5, ['4', '5']],
    ]);
    expect(await said('a,b\n1,"never closed\n2,3\n4,5\n')).toEqual([
      [2, QUOTE_FAULT],
      [3, ['2', '3']],
      [4, ['4', '5']],
    ]);
  });

  test('that a quote would join without end are given back after 64 KiB', async () => {
    const lines = Array.from({ length: 5000 }, (_, at) => `${at},plain text of a line`);
    const found = await said(`a,b\n1,"open\n${lines.join('\n')}\n`);
    expect(found).toHaveLength(5001);
    expect(found[0]).toEqual([2, QUOTE_FAULT]);
    expect(found.at(-1)).toEqual([5002, ['4999', 'plain text of a line']]);
  });

  test('that are no UTF-8, or too long, are bad lines', async () => {
    const broken = Buffer.concat([
      Buffer.from('a,b\n1,'),
      Buffer.of(0xff, 0xfe),
      Buffer.from('\n2,3\n'),
    ]);
    expect(await said(broken)).toEqual([
      [2, 'is not UTF-8 text'],
      [3, ['2', '3']],
    ]);
    const long = `a,b\n1,${'x'.repeat(LINE_BYTES_MAX)}\n2,3\n`;
    expect(await said(long)).toEqual([
      [2, 'is too long'],
      [3, ['2', '3']],
    ]);
  });

  test('are split at what the header is split at', async () => {
    expect((await read('a;b;"c,d"\n1;2;3\n')).header).toEqual(['a', 'b', 'c,d']);
    expect((await read('a\tb\n')).header).toEqual(['a', 'b']);
    expect((await read('a|b,c\n', { delimiter: '|' })).header).toEqual(['a', 'b,c']);
  });

  test('may be none', async () => {
    expect(await read('')).toEqual({ header: null, records: [] });
    expect(await read('a,b\n')).toEqual({ header: ['a', 'b'], records: [] });
    expect(await read('\n\n')).toEqual({ header: null, records: [] });
  });

  test('are the same however the file comes in pieces', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', 'é', ' ', ';') });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const file = fc.array(fc.array(cell.map(quoted), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(file, fc.array(fc.nat(40)), (rows, cuts) => {
        const bytes = Buffer.from(rows.map((row) => row.join(',')).join('\n'));
        const whole = records(bytes, []);
        expect(records(bytes, cuts)).toEqual(whole);
        const texts = whole.map(({ content }) => content.kind === 'cells' && content.cells);
        const expected = rows.map((row) => row.map((text) => unquoted(text)));
        expect(texts).toEqual(expected);
      }),
    );
  });

  function unquoted(text: string): string {
    return text.slice(1, -1).replaceAll('""', '"').replaceAll('\r\n', '\n');
  }

  function records(bytes: Uint8Array, cuts: readonly number[]): InputRecord[] {
    const splitter = new LineSplitter('x');
    const csv = new CsvRecords(',');
    // The first chunk is large enough to tell what the file is: `openSource` sees to that.
    const found = csv.push(splitter.push(Buffer.from('header\n'))).slice(1);
    let start = 0;
    for (const cut of cuts) {
      found.push(...csv.push(splitter.push(bytes.subarray(start, start + cut))));
      start += cut;
    }
    found.push(...csv.push(splitter.push(bytes.subarray(start))));
    found.push(...csv.push(splitter.end()), ...csv.end());
    return found.map((record) => ({ ...record, raw: Buffer.from(record.raw) }));
  }
});

describe('a file that is no text is refused whole', () => {
  test.each([
    ['an archive', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 10]), 'is not text'],
    ['UTF-16', Buffer.from('\uFEFFa,b\n', 'utf16le'), 'is UTF-16 text'],
    ['lines ended by CR alone', Buffer.from('a,b\r1,2\r'), 'end in CR alone'],
  ])('%s', async (_name, bytes, what) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'IMPORT_INVALID',
      message: expect.stringContaining(what),
    });
  });
});

describe('lines of an NDJSON file', () => {
  test('are objects, and numbers that JavaScript cannot hold keep their digits', async () => {
    const text = '{"a":1,"b":3.10}\n\n[1]\nnope\n{"a":12345678901234567890}\n';
    expect(await said(text, { format: 'ndjson' })).toEqual([
      [1, { a: 1, b: '3.10' }],
      [3, 'is not a JSON object'],
      [4, 'is not JSON'],
      [5, { a: '12345678901234567890' }],
    ]);
  });
});

describe('columns become arguments', () => {
  const sales = contract({
    name: 'sales',
    tables: {},
    methods: (method) => ({
      record: method(
        {
          product: t.text({ min: 1 }),
          price: t.money(2),
          quantity: t.uint({ min: 1 }),
          time: t.time({ optional: true }),
        },
        () => null,
      ),
    }),
  });
  const { record } = sales.methods;
  const none = { columns: {}, constants: {}, timeZone: undefined };

  function plan(header: readonly string[] | null, request: Partial<typeof none> = {}) {
    return planMapping('sales.record', record, header, { ...none, ...request });
  }
  function args(cells: readonly string[], header: readonly string[], request = {}) {
    const line = { line: 2, raw: new Uint8Array(), content: { kind: 'cells', cells } } as const;
    return plan(header, request).argsOf(line);
  }

  test('by their names, by names that differ in case, by a mapping, or from a constant', () => {
    const row = { product: 'bread', price: 350n, quantity: 2, time: null };
    expect(args(['bread', '3.5', '2'], ['product', 'price', 'quantity'])).toEqual(row);
    expect(args(['bread', '3.5', '2'], ['Product', 'PRICE', 'Quantity'])).toEqual(row);
    const columns = { What: 'product' };
    expect(args(['bread', '3.50', '2'], ['What', 'price', 'quantity'], { columns })).toEqual(row);
    const constants = { quantity: '2' };
    expect(args(['bread', '3.50'], ['product', 'price'], { constants })).toEqual(row);
  });

  test('and a line that does not fit says why', () => {
    const header = ['product', 'price', 'quantity'];
    expect(args(['bread', '3.5'], header)).toBe('has 2 cells where the header has 3');
    expect(args(['bread', 'x', '2'], header)).toMatch(/^price: expected .* got the text "x"/);
    expect(args(['', '3', '2'], header)).toMatch(/^product: expected/);
    expect(args(['bread', '3', '2', '2020-01-01 10:00'], [...header, 'time'])).toMatch(
      /without a zone/,
    );
    const zoned = args(['bread', '3', '2', '2020-01-01 10:00'], [...header, 'time'], {
      timeZone: 'Asia/Seoul',
    });
    expect(zoned).toMatchObject({ time: Date.UTC(2020, 0, 1, 1) });
  });

  test.each([
    [['product', 'price'], {}, /no column gives quantity of sales\.record/],
    [['product', 'price', 'quantity'], { columns: { cost: 'price' } }, /no column cost/],
    [['product', 'price', 'quantity'], { columns: { price: 'cost' } }, /no argument cost/],
    [['product', 'price', 'quantity'], { constants: { cost: '1' } }, /no argument cost/],
    [['product', 'price', 'price', 'quantity'], {}, /two columns named price/],
  ])('and %j with %j is refused before anything is read', (header, request, what) => {
    expect(() => plan(header, request)).toThrow(what);
  });

  test('of an object: by the same names, money also as a number', () => {
    const object = { Product: 'bread', price: 4, quantity: 2 };
    const content = { kind: 'object', object } as const;
    expect(plan(null).argsOf({ line: 1, raw: new Uint8Array(), content })).toEqual({
      ...{ product: 'bread', price: 400n, quantity: 2, time: null },
    });
  });
});
