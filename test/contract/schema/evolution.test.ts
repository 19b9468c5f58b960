/**
 * The schema of a contract as a value, its digest, and which changes of it fit the rows there are.
 * It must never know where a ledger keeps a schema.
 */

import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../../src/bytes/cbor.ts';
import { encodeHex } from '../../../src/bytes/hex.ts';
import { type AnyContract, contract, t, table } from '../../../src/contract/contract.ts';
import type { Columns } from '../../../src/contract/schema/column.ts';
import {
  contractDigest,
  contractSchema,
  schemaChange,
} from '../../../src/contract/schema/evolution.ts';
import { hash } from '../../../src/crypto/hash.ts';

/** What may vary between two versions of one contract. */
interface Version {
  readonly name?: string;
  readonly columns?: Columns;
  readonly key?: readonly [string, ...string[]];
  readonly indexes?: Readonly<Record<string, readonly [string, ...string[]]>>;
  readonly args?: Columns;
  readonly more?: 'table' | 'event' | 'method' | 'nothing at all';
}

const COLUMNS: Columns = { id: t.text(), price: t.money(2), state: t.enum(['Ok', 'Nok']) };
const ARGS: Columns = { id: t.text({ max: 80 }) };

function version(changes: Version = {}): AnyContract {
  const { name = 'sales', columns = COLUMNS, key = ['id'], indexes = {}, args = ARGS } = changes;
  const { more } = changes;
  const sale = table({ key, columns, indexes });
  const lot = table({
    key: 'id',
    columns: { id: t.text(), of: t.ref('sale', { optional: true }) },
  });
  if (more === 'nothing at all') return contract({ name, tables: {}, methods: () => ({}) });
  return contract({
    name,
    tables: more === 'table' ? { sale, lot } : { sale },
    events: more === 'event' ? { sold: { id: t.text() }, lost: {} } : { sold: { id: t.text() } },
    methods: (method) => {
      const record = method(args, () => {});
      return more === 'method' ? { record, undo: method({}, () => {}) } : { record };
    },
  });
}

describe('the schema of a contract', () => {
  test('C10: is everything about it but its code, and survives encoding', () => {
    const schema = contractSchema(version({ more: 'table', indexes: { byState: ['state'] } }));
    expect(schema).toEqual({
      version: 1,
      name: 'sales',
      tables: {
        sale: {
          columns: [
            ['id', { kind: 'text', optional: false, min: 0, max: 1024 }],
            [
              'price',
              {
                ...{ kind: 'money', optional: false, scale: 2 },
                ...{ min: -(2n ** 63n), max: 2n ** 63n - 1n },
              },
            ],
            ['state', { kind: 'enum', optional: false, values: ['Ok', 'Nok'] }],
          ],
          key: ['id'],
          indexes: { byState: { columns: ['state'], unique: false } },
        },
        lot: {
          columns: [
            ['id', { kind: 'text', optional: false, min: 0, max: 1024 }],
            ['of', { kind: 'reference', optional: true, table: 'sale' }],
          ],
          key: ['id'],
          indexes: {},
        },
      },
      events: { sold: [['id', { kind: 'text', optional: false, min: 0, max: 1024 }]] },
      methods: { record: [['id', { kind: 'text', optional: false, min: 0, max: 80 }]] },
    });
    expect(encode(decode(encode(schema)))).toEqual(encode(schema));
  });

  test('C10: its digest is the tagged hash of the schema, the same for the same declaration', () => {
    const expected = hash('tallystick/contract/1', encode(contractSchema(version())));
    expect(contractDigest(version())).toEqual(expected);
    // Pinned: a change here makes every ledger's contracts unknown to its node.
    expect(encodeHex(expected)).toBe(
      '0xa02ae30d6556032430d559b196e7b35ba547bfb7bbd5575e302c17c0d080db13',
    );
    expect(contractDigest(version({ more: 'event' }))).not.toEqual(expected);
  });
});

describe('a new schema', () => {
  const before = decode(encode(contractSchema(version())));
  const compatible: readonly (readonly [string, Version, readonly string[]])[] = [
    ['nothing', {}, []],
    ['a table', { more: 'table' }, ['table lot added']],
    ['an event', { more: 'event' }, ['event lost added']],
    ['a method', { more: 'method' }, ['method undo added']],
    [
      'optional columns at the end',
      { columns: { ...COLUMNS, memo: t.text({ optional: true }) } },
      ['column memo of table sale added'],
    ],
    [
      'an optional argument',
      { args: { ...ARGS, memo: t.text({ optional: true }) } },
      ['column memo of method record added'],
    ],
  ];
  for (const [what, changes, said] of compatible) {
    test(`C11: that adds ${what} is compatible`, () => {
      expect(schemaChange(before, version(changes))).toEqual({ compatible: true, changes: said });
    });
  }

  const { id, ...rest } = COLUMNS as { id: Columns[string] } & Columns;
  const breaking: readonly (readonly [string, Version, RegExp])[] = [
    ['another name', { name: 'sale' }, /^the name differs$/],
    ['a removed column', { columns: { id } }, /^column price of table sale removed;column state/],
    ['moved columns', { columns: { ...rest, id } }, /^column id of table sale changed or moved;/],
    [
      'a column that is not optional',
      { columns: { ...COLUMNS, memo: t.text() } },
      /^column memo of table sale added, and it is not optional$/,
    ],
    [
      'another kind',
      { columns: { ...COLUMNS, price: t.decimal(2) } },
      /^column price of table sale changed or moved$/,
    ],
    ['another scale', { columns: { ...COLUMNS, price: t.money(3) } }, /^column price/],
    ['other bounds', { columns: { ...COLUMNS, id: t.text({ max: 9 }) } }, /^column id/],
    [
      'one value more',
      { columns: { ...COLUMNS, state: t.enum(['Ok', 'Nok', 'No']) } },
      /^column st/,
    ],
    ['another key', { key: ['id', 'price'] }, /^the key of table sale changed$/],
    ['an index more', { indexes: { byPrice: ['price'] } }, /^the indexes of table sale changed$/],
    ['another argument', { args: { code: t.text() } }, /^column id of method record changed/],
    [
      'everything removed',
      { more: 'nothing at all' },
      /^table sale removed;event sold removed;method record removed$/,
    ],
  ];
  for (const [what, changes, said] of breaking) {
    test(`C11: with ${what} is not compatible`, () => {
      const change = schemaChange(before, version(changes));
      expect(change.compatible).toBe(false);
      expect(change.changes.join(';')).toMatch(said);
    });
  }

  test('C11: is not compatible with what is no schema', () => {
    for (const value of [null, 5, [], {}, { tables: 5 }]) {
      const { compatible: fits } = schemaChange(value, version());
      expect(fits).toBe(false);
    }
  });
});
