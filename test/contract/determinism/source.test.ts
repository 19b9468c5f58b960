/**
 * The check of a contract's source, and loading from a file: every finding has its place.
 * It must never know which contracts this repository has.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkSource, describeFinding } from '../../../src/contract/determinism/check-source.ts';
import { loadContract } from '../../../src/node/driver/contract-loader.ts';

const HEAD = "import { contract, t, table, mulDiv } from 'tallystick/contract';\n";
const TAIL = "\nexport default contract({ name: 'a', tables: {}, methods: () => ({}) });\n";

/** Findings in one line between a good head and a good tail, as `line:column what`. */
function found(line: string): string[] {
  return checkSource('c.ts', `${HEAD}${line}${TAIL}`).map(
    ({ line: at, column, what }) => `${at}:${column} ${what}`,
  );
}

const REFUSED: readonly (readonly [line: string, ...findings: string[]])[] = [
  ['const f = () => Date.now();', '2:17 Date'],
  ['const f = () => new Date();', '2:21 Date'],
  ['const f = () => Math.random();', '2:17 Math.random'],
  ["const f = (name) => Math['sin'](1) + Math[name](1);", '2:21 Math.sin', '2:38 Math.[…]'],
  ['const { sqrt } = Math;', '2:18 Math'],
  ['const f = () => performance.now();', '2:17 performance'],
  ['const f = () => setTimeout(f, 1);', '2:17 setTimeout'],
  ['const f = () => console.log(1);', '2:17 console'],
  ["const f = () => process.env['A'];", '2:17 process'],
  ["const f = () => fetch('x');", '2:17 fetch'],
  ['const f = () => crypto.randomUUID();', '2:17 crypto'],
  ['const f = () => new Promise(f);', '2:21 Promise'],
  ['const f = () => globalThis.Date;', '2:17 globalThis'],
  ["const f = () => require('x');", '2:17 require'],
  ["const f = () => eval('1');", '2:17 eval'],
  ["const f = () => new Function('1');", '2:21 Function'],
  ['const f = () => Intl;', '2:17 Intl'],
  ['const f = () => whatever;', '2:17 whatever'],
  ['const f = () => NaN + Infinity;', '2:17 NaN', '2:23 Infinity'],
  ["const f = () => parseFloat('1') + Number.parseFloat('1');", '2:17 parseFloat', '2:35 Number.p'],
  ['const f = () => Number.EPSILON;', '2:17 Number.EPSILON'],
  ['const f = (a) => a.toFixed(2);', '2:18 .toFixed'],
  ["const f = (a) => a.localeCompare('b');", '2:18 .localeCompare'],
  ['const f = (a) => a.toLocaleString();', '2:18 .toLocaleString'],
  ["const f = (a) => a.constructor('x')();", '2:18 .constructor'],
  ["const f = (a) => a['constructor'];", '2:18 .constructor'],
  ['const f = (a) => { const { constructor: b } = a; return b; };', '2:28 .constructor'],
  ['const f = (a) => a.__proto__;', '2:18 .__proto__'],
  ['const f = () => { try { t(); } catch (e) { return e.stack; } };', '2:51 the stack of an error'],
  ['const f = async () => 1;', '2:11 an async function'],
  ['async function f() { await t; }', '2:1 an async function', '2:22 await'],
  ['const o = { async m() {} };', '2:20 an async function'],
  ['class A { async m() {} }', '2:18 an async function'],
  ['async function* f() {}', '2:1 an async function'],
  ['await t;', '2:1 await'],
  ['for await (const a of t) {}', '2:1 for await'],
  ['let count = 0;', '2:1 let of the module'],
  ['var count = 0;', '2:1 var of the module'],
  ['export let count = 0;', '2:8 let of the module'],
  ['const seen = new Map(); const f = (a) => seen.set(a, 1);', '2:42 a change of seen'],
  ['const list = []; function f() { list.push(1); }', '2:33 a change of list'],
  ['const o = { a: 1 }; const f = () => { o.a = 2; };', '2:39 a change of o'],
  ['const o = { a: 1 }; const f = () => { o.a++; };', '2:39 a change of o'],
  ['const o = { a: {} }; const f = () => { delete o.a.b; };', '2:47 a change of o'],
  ['class A { static n = 0; m() { A.n += 1; } }', '2:31 a change of A'],
  ['const f = () => { Array.x = 1; };', '2:19 a change of Array'],
  ['const f = () => { undeclared = 1; };', '2:19 a change of undeclared'],
  ['const a = 0.5;', '2:11 the number 0.5'],
  ['const a = 1.0;', '2:11 the number 1.0'],
  ['const a = 9007199254740993;', '2:11 the number 9007199254740993'],
  ['const a = 1e-3;', '2:11 the number 1e-3'],
  ['const f = (a, b) => a / b;', '2:21 the operator /'],
  ['const f = (a) => { a /= 2; };', '2:20 the operator /'],
  ['const f = (a, b) => a ** b;', '2:21 the operator **'],
  ['const f = (a) => { a **= 2; };', '2:20 the operator **'],
  ["import fs from 'node:fs';", '2:1 import of node:fs'],
  ["import { a } from './a.ts';", '2:1 import of ./a.ts'],
  ["export { a } from './a.ts';", '2:1 import of ./a.ts'],
  ["export * from './a.ts';", '2:1 import of ./a.ts'],
  ["const f = () => import('x');", '2:17 import()'],
  ['const a = import.meta.url;', '2:11 import.meta'],
  ['const f = () => { debugger; };', '2:19 debugger'],
  ['const a = this;', '2:11 this'],
  ['const f = () => this.x;', '2:17 this'],
  ['if (true) { const Date = 1; } const f = () => Date.now();', '2:47 Date'],
];

const ACCEPTED: readonly string[] = [
  'const f = (Date, process) => Date + process;',
  'function fetch(a) { return a; } const f = () => fetch(1);',
  'const f = ({ performance }) => performance;',
  'const f = () => { try { return 1; } catch (crypto) { return crypto; } };',
  'const f = (row) => row.stack + row.Date;',
  'const row = { Date: 1, process: 2, eval: 3 };',
  'const f = (a) => Math.max(a, Math.floor(7)) % 3;',
  "const f = (a) => Number(a) + Number.MAX_SAFE_INTEGER + parseInt('1', 10);",
  'const scale = 10n ** 18n; const f = (n) => 10n ** n;',
  'const f = () => { let n = 0; n += 1; n++; const list = []; list.push(n); list.sort(); return n; };',
  'const f = () => { const seen = new Map(); seen.set(1, 2); delete seen.a; return seen; };',
  'const NAMES = new Map([[1, 2]]); NAMES.set(3, 4); const f = (a) => NAMES.get(a);',
  'function* f() { yield 1; } class A { #n = 0; m() { this.#n += 1; return this.#n; } }',
  'const f = function () { return arguments.length + this.x; };',
  'const f = (a) => { outer: for (const b of a) { for (;;) continue outer; } };',
  'const f = (a) => /x+/g.test(a) && typeof a === undefined;',
  'const f = (a) => mulDiv(a, 2n, 3n, "down") + BigInt(1) + 1_000n + 0xffn;',
  'const a = 1e3; const b = 1_000;',
  'export const helper = (a) => a; export { helper as other };',
  'const f = ({ a = 1, ...rest }, [b, , c]) => { const [d] = rest; return a + b + c + d; };',
];

describe('C62: the check of the source', () => {
  for (const [line, ...findings] of REFUSED) {
    test(`refuses ${line}`, () => {
      const all = found(line);
      expect(all.map((finding, i) => finding.startsWith(findings[i] ?? finding))).not.toContain(
        false,
      );
      expect(all.length).toBe(findings.length);
    });
  }

  for (const line of ACCEPTED) {
    test(`accepts ${line}`, () => expect(found(line)).toEqual([]));
  }

  test('says what to use instead, in order of place', () => {
    const source = `${HEAD}const b = 0.5;\nconst a = () => Date.now();${TAIL}`;
    expect(checkSource('shop.ts', source).map(describeFinding)).toEqual([
      'shop.ts:2:11 the number 0.5: amounts are whole numbers; ' +
        'use mulDiv, floorDiv and t.money or t.decimal',
      'shop.ts:3:17 Date: use ctx.time, the time of the block',
    ]);
  });

  test('wants a default export, and names the place of what cannot be parsed', () => {
    expect(checkSource('c.ts', HEAD).map(({ what }) => what)).toEqual(['no default export']);
    const [finding] = checkSource('c.ts', 'const a = 1;\nconst b = ;');
    expect(finding).toMatchObject({ line: 2, column: 11, what: 'Unexpected token' });
  });
});

const SHOP = `import { contract, t, table } from 'tallystick/contract';
interface Named { readonly name: string }
export default contract({
  name: 'shop',
  tables: { sale: table({ key: 'id', columns: { id: t.text() } }) },
  methods: (method) => ({
    sell: method({ id: t.text() }, (ctx, row: Named & { id: string }) => ctx.sale.insert(row)),
  }),
});
`;

describe('loading a contract', () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, source: string): string => {
    const path = join(folder, name);
    writeFileSync(path, source);
    return path;
  };

  test('C62: a file anywhere finds tallystick/contract; types are erased', async () => {
    mkdirSync(join(folder, 'node_modules/shop'), { recursive: true });
    for (const name of ['shop.ts', 'node_modules/shop/shop.ts']) {
      const shop = await loadContract(write(name, SHOP));
      expect([shop.name, Object.keys(shop.methods)]).toEqual(['shop', ['sell']]);
    }
    const plain = SHOP.replace(/interface.*\n/, '').replace(/: Named.*string }/, '');
    expect((await loadContract(write('shop.js', plain))).name).toBe('shop');
  });

  test('C63: a file that was edited is loaded as it is now', async () => {
    await loadContract(write('edited.ts', SHOP));
    const edited = await loadContract(write('edited.ts', SHOP.replaceAll('sell', 'buy')));
    expect(Object.keys(edited.methods)).toEqual(['buy']);
    expect(Object.keys((await loadContract(write('edited.ts', SHOP))).methods)).toEqual(['sell']);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['a finding', SHOP.replace('sell:', '[Date.now()]:'), /wrong\.ts:7:6 Date: use ctx\.time/],
    ['an enum', `${SHOP}\nenum A { B }`, /wrong\.ts:11 .*enum.*types can be erased/],
    ['a syntax error', `${SHOP}\nconst a = ;`, /wrong\.ts:11 Expression expected/],
    [
      'an error while it is loaded',
      `${SHOP}\nnull.x;`,
      /TypeError: Cannot read properties of null/,
    ],
    ['a declaration that is wrong', SHOP.replace("key: 'id'", "key: 'no'"), /no column no/],
    ['another default export', 'export default 5;', /default export is not made by contract/],
    ['a file too large', `${SHOP}${' '.repeat(262_144)}`, /at most 262144 allowed/],
  ];
  for (const [what, source, message] of wrong) {
    test(`C62: ${what} refuses it with CONTRACT_INVALID`, async () => {
      const loading = loadContract(write('wrong.ts', source));
      await expect(loading).rejects.toMatchObject({ code: 'CONTRACT_INVALID' });
      await expect(loading).rejects.toThrow(message);
    });
  }

  test('a file that is not there is NOT_FOUND', async () => {
    const loading = loadContract(join(folder, 'nothing.ts'));
    await expect(loading).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('plain Node loads and runs it, without a word on the error stream', () => {
    const path = write('native.ts', SHOP);
    const loader = new URL('../../../src/node/driver/contract-loader.ts', import.meta.url);
    const program = `
      import { loadContract } from '${loader.href}';
      const shop = await loadContract(${JSON.stringify(path)});
      console.log(shop.name, Object.keys(shop.tables).join());`;
    const output = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `${program.trim()}`],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    expect(output).toBe('shop sale\n');
  });
});
