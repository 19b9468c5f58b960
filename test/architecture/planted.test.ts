/**
 * Proves that each architecture rule sees a planted violation, and leaves good code alone.
 * It must never read the repository: what it checks are strings.
 */

import { describe, expect, test } from 'vitest';
import { checkCitations, checkSentences } from './citations.ts';
import { checkArrows, checkCycles, checkDoors } from './imports.ts';
import { checkErasable, checkHoles, checkInputs } from './language.ts';
import { checkColumns, checkFolders, checkFunctions, checkHeader, checkLength } from './shape.ts';
import { describeViolation, type Module, readModule, type Violation } from './source.ts';

const HEADER = '/** A file. It must never know much. */\n';

/** Where the violations are, as `file:line`. */
function places(violations: readonly Violation[]): string[] {
  return violations.map(({ file, line }) => `${file}:${line}`);
}

function arrows(file: string, text: string): string[] {
  const others = ['src/bytes/hex.ts', 'src/storage/key-value.ts', 'src/contract/contract.ts'];
  const modules = [readModule(file, text), ...others.map((other) => readModule(other, ''))];
  return places(checkArrows(modules));
}

describe('arrows', () => {
  test.each([
    ['a value', "import { x } from '../storage/key-value.ts';\n"],
    ['a type', "import type { X } from '../storage/key-value.ts';\n"],
    ['a type among values', "import { type X } from '../storage/key-value.ts';\n"],
    ['a re-exported type', "export type { X } from '../storage/key-value.ts';\n"],
    ['a type in place', "export let x: import('../storage/key-value.ts').X;\n"],
    ['a lazy import', "export const x = () => import('../storage/key-value.ts');\n"],
    ['a worker', "new Worker(new URL('../storage/key-value.ts', import.meta.url));\n"],
    ['a package', "import lmdb from 'lmdb';\n"],
    ["one of Node's modules", "import { readFileSync } from 'node:fs';\n"],
    ['a missing file', "import { x } from './missing.ts';\n"],
    ['a name without extension', "import { x } from '../bytes/hex';\n"],
  ])('a layer that imports %s it must never know', (_what, text) => {
    expect(arrows('src/ledger/x.ts', text)).toContain('src/ledger/x.ts:1');
  });

  test('an arrow of the table is no violation', () => {
    expect(arrows('src/ledger/x.ts', "import { x } from '../bytes/hex.ts';\n")).toEqual([]);
    expect(arrows('src/storage/engine/x.ts', "import fs from 'node:fs';\n")).toEqual([]);
  });

  test('a contract of an application imports tallystick/contract alone', () => {
    const file = 'apps/sales/contract.ts';
    expect(arrows(file, "import { contract } from 'tallystick/contract';\n")).toEqual([]);
    expect(arrows(file, "import { open } from 'tallystick';\n")).toEqual([`${file}:1`]);
    expect(arrows(file, "import '../../src/contract/contract.ts';\n")).toEqual([`${file}:1`]);
  });

  test('a folder that is in no layer', () => {
    expect(arrows('src/helpers/x.ts', '')).toEqual(['src/helpers/x.ts:1']);
  });

  test('a failure says the file, the line, the rule and what to do instead', () => {
    const text = "\nimport { x } from '../storage/key-value.ts';\n";
    const modules = [
      readModule('src/ledger/x.ts', text),
      readModule('src/storage/key-value.ts', ''),
    ];
    const [message] = checkArrows(modules).map(describeViolation);
    expect(message).toMatch(/^src\/ledger\/x\.ts:2 {2}src\/ledger must not import src\/storage/);
    expect(message).toMatch(/instead: take what you need as an argument or a port/);
  });
});

describe('TypeScript with JSX', () => {
  const lines = (text: string): Module => readModule('web/src/x.tsx', `${HEADER}${text}`);

  test('is read like any other: imports, functions, types, the world', () => {
    const text = "import { x } from '../../src/node/open.ts';\nexport const a = <b c={x} />;\n";
    expect(places(checkArrows([lines(text)]))).toEqual(['web/src/x.tsx:2']);
    const long = `export const f = () => <b>{() => {\n${'g();\n'.repeat(70)}}}</b>;\n`;
    expect(checkFunctions(lines(long)).length).toBeGreaterThan(0);
    expect(checkHoles(lines('export const y = <b>{x as any}</b>;\n'))).toHaveLength(1);
    expect(checkHoles(lines('export const y = <b>{x!.z}</b>;\n'))).toHaveLength(1);
    expect(checkInputs(lines('export const y = <b>{process.env.x}</b>;\n'))).toHaveLength(1);
    expect(checkErasable(lines('enum X { a }\nexport const y = <b />;\n'))).toHaveLength(1);
  });

  test('good code is left alone', () => {
    const text = 'export function A({ b }: { b: string }): X { return <p>any! {b as Y}</p>; }\n';
    const module = lines(text);
    expect([...checkHoles(module), ...checkErasable(module), ...checkInputs(module)]).toEqual([]);
  });
});

describe('cycles and doors', () => {
  test('a cycle of three files, one edge of it a type import', () => {
    const modules = [
      readModule('src/ledger/a.ts', "import { b } from './b.ts';\n"),
      readModule('src/ledger/b.ts', "import type { C } from './c.ts';\n"),
      readModule('src/ledger/c.ts', "import { a } from './a.ts';\n"),
      readModule('src/ledger/d.ts', "import { a } from './a.ts';\n"),
    ];
    const [knot, ...others] = checkCycles(modules);
    expect(knot?.rule).toContain('src/ledger/a.ts → src/ledger/b.ts → src/ledger/c.ts');
    expect(others).toEqual([]);
    expect(checkCycles(modules.slice(1))).toEqual([]);
  });

  test('a file that imports itself', () => {
    expect(checkCycles([readModule('src/a.ts', "import { a } from './a.ts';\n")])).toHaveLength(1);
  });

  test('a second index.ts', () => {
    const modules = ['src/index.ts', 'src/ledger/index.ts'].map((file) => readModule(file, ''));
    expect(places(checkDoors(modules))).toEqual(['src/ledger/index.ts:1']);
  });
});

describe('shape', () => {
  test('eleven files in a folder', () => {
    const files = Array.from({ length: 11 }, (_, at) => readModule(`src/bytes/${at}.ts`, ''));
    expect(places(checkFolders(files))).toEqual(['src/bytes:1']);
    expect(checkFolders(files.slice(1))).toEqual([]);
  });

  test('401 lines', () => {
    expect(places(checkLength(readModule('a.ts', '\n'.repeat(401))))).toEqual(['a.ts:401']);
    expect(checkLength(readModule('a.ts', '\n'.repeat(400)))).toEqual([]);
  });

  test('101 columns', () => {
    const line = `// ${'x'.repeat(98)}`;
    expect(places(checkColumns(readModule('a.ts', `\n${line}\n`)))).toEqual(['a.ts:2']);
    expect(checkColumns(readModule('a.ts', line.slice(1)))).toEqual([]);
    expect(checkColumns(readModule('test/a.ts', line))).toHaveLength(1);
    expect(checkColumns(readModule('test/a.ts', `test('${line}', () => {`))).toEqual([]);
    expect(checkColumns(readModule('src/a.ts', `test('${line}', () => {`))).toHaveLength(1);
  });

  test.each([
    ['function f() {', '}'],
    ['const f = () => {', '};'],
    ['class A { f() {', '} }'],
    ['describe("a", () => { test("b", () => {', '}); });'],
  ])('a function of 71 lines: %s', (open, close) => {
    const long = `${open}\n${'x;\n'.repeat(69)}${close}\n`;
    expect(places(checkFunctions(readModule('a.ts', long)))).toEqual(['a.ts:1']);
    const fits = `${open}\n${'x;\n'.repeat(68)}${close}\n`;
    expect(checkFunctions(readModule('a.ts', fits))).toEqual([]);
  });

  test('a describe block is a heading, not a function', () => {
    const text = `describe.skipIf(x)('a', () => {\n${'x;\n'.repeat(90)}});\n`;
    expect(checkFunctions(readModule('a.test.ts', text))).toEqual([]);
    const suite = `export function suite(open) {\n  test('a', () => {});\n${'x;\n'.repeat(90)}}\n`;
    expect(checkFunctions(readModule('suite.ts', suite))).toEqual([]);
  });

  test('no header, or one that says nothing', () => {
    expect(checkHeader(readModule('a.ts', HEADER))).toEqual([]);
    const lines = '// What it is.\n// It must\n// never know more.\n';
    expect(checkHeader(readModule('a.ts', lines))).toEqual([]);
    expect(checkHeader(readModule('a.ts', '// What it is.\n'))).toHaveLength(1);
    expect(checkHeader(readModule('a.ts', `import './b.ts';\n${HEADER}`))).toHaveLength(1);
  });
});

describe('language', () => {
  test.each([
    'enum A { B }\n',
    'export declare enum A { B }\n',
    'namespace A { export const b = 1; }\n',
    'declare namespace A { const b: number; }\n',
    'class A { constructor(private b: number) {} }\n',
    '@sealed class A {}\n',
  ])('what Node cannot strip, or should not: %s', (text) => {
    expect(checkErasable(readModule('a.ts', text))).toHaveLength(1);
  });

  test.each([
    'const a = b as any;\n',
    'function f(a: any[]): void {}\n',
    'type A = Record<string, any>;\n',
    'interface A { [key: string]: any }\n',
    'const a = b!.c;\n',
    'let a!: number;\n',
    '// @ts-expect-error\nf(1);\n',
    '// @ts-ignore\nf(1);\n',
  ])('a hole in the types: %s', (text) => {
    expect(checkHoles(readModule('a.ts', text))).toHaveLength(1);
  });

  test.each([
    'const any = !true;\n',
    '// any comment!\n',
    "import { type A } from './a.ts';\nexport type { A };\n",
    "interface A { any?: 'any!'; /* any! */ b: string }\n",
    'const a = b !== c && /any!/.test(`any!`);\n',
  ])('words that only look like holes: %s', (text) => {
    expect(checkHoles(readModule('a.ts', text))).toEqual([]);
    expect(checkErasable(readModule('a.ts', text))).toEqual([]);
  });

  test.each([
    'export const a = Date.now();\n',
    'export const a = new Date();\n',
    'export const a = Math.random();\n',
    'setTimeout(f, 1);\n',
    'globalThis.setInterval(f, 1);\n',
    'export const a = performance.now();\n',
    'export const a = process.env;\n',
    'export const a = Buffer.alloc(1);\n',
    'export const a = crypto.getRandomValues(b);\n',
  ])('a hidden input outside a driver: %s', (text) => {
    expect(places(checkInputs(readModule('src/node/x.ts', text)))).toEqual(['src/node/x.ts:1']);
    expect(checkInputs(readModule('src/node/driver/x.ts', text))).toEqual([]);
  });

  test('a date of a known time and a property of the same name are no input', () => {
    const text = 'export const a = new Date(time).getTime() + b.process + b.now();\n';
    expect(checkInputs(readModule('src/node/x.ts', text))).toEqual([]);
  });
});

describe('specification', () => {
  const spec = [{ file: 'spec/a.md', text: '# A\n\n**T1** One.\n\n**T2** Two.\n' }];

  test('a sentence number given twice', () => {
    const twice = [...spec, { file: 'spec/b.md', text: '**T2** Again.\n' }];
    expect(places(checkSentences(twice))).toEqual(['spec/b.md:1']);
    expect(checkSentences(spec)).toEqual([]);
  });

  test('a title that cites a sentence which is not there', () => {
    const cite = (title: string) => {
      const text = `describe('x', () => {\n  test.each([1])('${title}', () => {});\n});\n`;
      return places(checkCitations(spec, [readModule('a.test.ts', text)]));
    };
    expect(cite('ids are unique (T1, T2)')).toEqual([]);
    expect(cite('ids are unique (T3)')).toEqual(['a.test.ts:2']);
    expect(cite('P256 is no sentence here')).toEqual([]);
  });
});
