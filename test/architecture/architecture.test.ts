/**
 * The rules of CONTRIBUTING.md, checked on this repository; planted.test.ts proves that each one
 * sees a planted violation. It must never know how a rule is checked.
 */

import { describe, expect, test } from 'vitest';
import { checkCitations, checkSentences } from './citations.ts';
import { checkArrows, checkCycles, checkDoors } from './imports.ts';
import { checkErasable, checkHoles, checkInputs } from './language.ts';
import { listFiles, readRepository, readText } from './repository.ts';
import { checkColumns, checkFolders, checkFunctions, checkHeader, checkLength } from './shape.ts';
import { describeViolation, type Module, type Violation } from './source.ts';

/** What the last reader saw at least: a check that reads nothing must not pass. */
const SOURCE_MODULES_MIN = 40;
const IMPORTS_MIN = 100;

const all = readRepository();
const source = all.filter(({ file }) => file.startsWith('src/'));
const tests = all.filter(({ file }) => file.endsWith('.test.ts'));
const product = all.filter(({ file }) => /^(src|apps|bench|examples|web)\//.test(file));
const spec = listFiles('spec', /\.md$/).map((file) => ({ file, text: readText(file) }));

function expectNone(violations: readonly Violation[]): void {
  expect(violations.length, `\n${violations.map(describeViolation).join('\n')}\n`).toBe(0);
}

function each(modules: readonly Module[], check: (module: Module) => Violation[]): Violation[] {
  return modules.flatMap(check);
}

test('the checks see the repository', () => {
  expect(source.length).toBeGreaterThanOrEqual(SOURCE_MODULES_MIN);
  expect(source.flatMap(({ imports }) => imports).length).toBeGreaterThanOrEqual(IMPORTS_MIN);
});

describe('imports', () => {
  test('follow the arrows between layers', () => expectNone(checkArrows(product, all)));
  test('have no cycle, types included', () => expectNone(checkCycles(product)));
  test('go through one door, src/index.ts', () => expectNone(checkDoors(all)));
});

describe('shape', () => {
  test('at most ten files in a folder', () => expectNone(checkFolders(all)));
  test('at most 400 lines in a file', () => expectNone(each(all, checkLength)));
  test('at most 70 lines in a function', () => expectNone(each(all, checkFunctions)));
  test('at most 100 columns', () => expectNone(each(all, checkColumns)));
  test('every file of src opens with what it is and must never know', () =>
    expectNone(each(source, checkHeader)));
});

describe('language', () => {
  test('only TypeScript that Node can strip', () => expectNone(each(all, checkErasable)));
  test('no any, no non-null !, no silenced error in src', () =>
    expectNone(each(product, checkHoles)));
  test('time, randomness and Node are arguments outside drivers', () =>
    expectNone(each(product, checkInputs)));
});

describe('specification', () => {
  test('no sentence number stands twice', () => expectNone(checkSentences(spec)));
  test('tests cite sentences that exist', () => expectNone(checkCitations(spec, tests)));
});
