/** Proves that a form's values become what the contract's own code would make of them. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contractView } from '../../src/api/view/contract.ts';
import { isRefusal } from '../../src/bytes/refusal.ts';
import {
  encodeArgs,
  encodeField,
  type Json,
  type MethodView,
  valueToJson,
} from '../../src/client/client.ts';
import { contract, t, table } from '../../src/contract/contract.ts';
import { argsFromJson, argsToJson } from '../../src/contract/schema/json.ts';

const ARGS = {
  id: t.text({ min: 1, max: 8 }),
  note: t.text({ optional: true }),
  raw: t.bytes({ max: 4 }),
  open: t.bool(),
  count: t.uint({ max: 100 }),
  shift: t.int({ min: -5, max: 5 }),
  at: t.time(),
  price: t.money(2, { min: -500n, max: 100_000n }),
  rate: t.decimal(6, { optional: true }),
  kind: t.enum(['a', 'b']),
  who: t.address(),
  parent: t.ref('thing', { optional: true }),
} as const;

const things = contract({
  name: 'things',
  tables: { thing: table({ key: 'id', columns: { id: t.uint() } }) },
  methods: (method) => ({ put: method(ARGS, () => null) }),
});
const method = things.methods.put;

function viewOf(): MethodView {
  // As it comes over the wire.
  const view = JSON.parse(JSON.stringify(contractView(things).methods[0])) as MethodView;
  return view;
}

const FORM = {
  ...{ id: 'x', raw: '0x0102', open: true, count: 7, shift: -5, at: '2026-11-22T10:00:00Z' },
  ...{ price: '4.50', kind: 'a', who: `0x${'ab'.repeat(20)}` },
};

describe('arguments from a form', () => {
  test('H41: are the values of the contract, and what is left out stays out', () => {
    expect(encodeArgs(viewOf(), FORM)).toEqual({
      ...{ id: 'x', raw: Uint8Array.of(1, 2), open: true, count: 7, shift: -5 },
      ...{ at: Date.UTC(2026, 10, 22, 10), price: 450n, kind: 'a', who: FORM.who },
    });
    const all = { ...FORM, note: 'n', rate: '0.000001', parent: 3 };
    expect(encodeArgs(viewOf(), all)).toMatchObject({ note: 'n', rate: 1n, parent: 3 });
    expect(encodeArgs(viewOf(), { ...FORM, note: null })).not.toHaveProperty('note');
  });

  test('read a time without a zone in the zone that the form names', () => {
    const local = { ...FORM, at: '2026-11-22T10:00' };
    const { at } = encodeArgs(viewOf(), local, { timeZone: 'Europe/Luxembourg' });
    expect(at).toBe(Date.UTC(2026, 10, 22, 9));
    expect(() => encodeArgs(viewOf(), local)).toThrow(/without a zone/);
  });

  test('are refused or read exactly where the contract does, whatever is typed', () => {
    const typed = fc.oneof(
      fc.constantFrom(
        null,
        true,
        -6,
        101,
        7,
        '',
        '4.5',
        '4.505',
        '-5.01',
        'a',
        'c',
        '0x0102030405',
      ),
      fc.constantFrom('2026-02-30', '2026-11-22T10:00:00Z', FORM.who, '0xZZ', [], {}, 1.5),
      fc.string(),
      fc.integer(),
    );
    const forms = fc.record(Object.fromEntries(Object.keys(ARGS).map((name) => [name, typed])), {
      requiredKeys: [],
    });
    const view = viewOf();
    fc.assert(
      fc.property(forms, (changed) => {
        const form: Record<string, Json> = { ...FORM, ...(changed as Record<string, Json>) };
        const mine = outcomeOf(() => encodeArgs(view, form));
        const theirs = outcomeOf(() => {
          const row = argsFromJson(method, form);
          return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
        });
        expect(mine).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });

  test('come back as the JSON that they were', () => {
    const all = { ...FORM, at: '2026-11-22T10:00:00.000Z', note: 'n', rate: '0.000001', parent: 3 };
    const row = encodeArgs(viewOf(), all) as never;
    expect(argsToJson(method, row)).toEqual(all);
  });

  test('are refused by the name of the field', () => {
    expect(() => encodeArgs(viewOf(), { ...FORM, price: '4.505' })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', data: { name: 'price' } }),
    );
  });

  test('are checked one at a time as the form is filled in', () => {
    const [price] = viewOf().args.filter(({ name }) => name === 'price');
    if (price === undefined) throw new Error('assertion: the method has a price');
    expect(encodeField(price, '1.00')).toBe(100n);
    expect(() => encodeField(price, '1000.01')).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        data: { name: 'price' },
      }),
    );
  });

  test('of a kind that a newer node has are refused as such', () => {
    const [column] = viewOf().args;
    if (column === undefined) throw new Error('assertion: the method has arguments');
    for (const newer of [
      { ...column, kind: 'matrix' },
      { ...column, min: 'x' },
    ]) {
      expect(() => encodeField(newer, 'a')).toThrow(
        expect.objectContaining({ code: 'SERVER_INVALID' }),
      );
    }
  });
});

test('H41: values are shown with bytes as digits and big numbers as text', () => {
  const value = { a: [1n, 2n ** 60n, null], b: Uint8Array.of(255), c: { d: true, e: -3 } };
  expect(valueToJson(value)).toEqual({
    ...{ a: [1, '1152921504606846976', null], b: '0xff', c: { d: true, e: -3 } },
  });
});

function outcomeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return [error.code, error.message];
  }
}
