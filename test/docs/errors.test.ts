/** Proves that docs/errors.md has every code there is, and no other. */

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${ROOT}/${file}`, 'utf8');
const [refusals = '', failures = ''] = read('docs/errors.md').split('## Failures of contracts');

/** The codes that begin a row of a table, sorted; a second time is a mistake and stays. */
function documented(text: string): string[] {
  return [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code = '']) => code).sort();
}

/** Codes with which contract code, or the ledger on its behalf, ends a transaction. */
function failureCodes(): string[] {
  const files = globSync(['src/contract/**/*.ts', 'src/ledger/apply.ts'], { cwd: ROOT });
  // `fail('CODE'`, the codes of `Fields`, an outcome's `code: 'CODE'`, and `ctx.require(…, 'CODE'`.
  const pattern =
    /(?:\bfail\(\s*(?:run, )?|new Fields\([\w.]+, |ok: false,[^}]*code: |\bctx\.require\([^']*)'([A-Z_]+)'|failure \?\?= \{ code: '([A-Z_]+)'/g;
  const found = files.flatMap((file) => [
    ...read(file)
      .replace(/^\s*(?:\*|\/\/|\/\*).*$/gm, '')
      .matchAll(pattern),
  ]);
  return [...new Set(found.map(([, first, second]) => first ?? second ?? ''))].sort();
}

test('every code of a refusal is documented, once, and no other is', () => {
  const union = /type RefusalCode =([^;]+);/.exec(read('src/bytes/refusal.ts'))?.[1] ?? '';
  const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code).sort();
  expect(codes.length).toBeGreaterThan(30);
  expect(documented(refusals)).toEqual(codes);
});

test('every code of a failure is documented, once, and no other is', () => {
  expect(failureCodes().length).toBeGreaterThan(15);
  expect(documented(failures)).toEqual(failureCodes());
});
