/**
 * The reporter that closes a test run with one plain line, `N passed, N failed`, for people and CI.
 * It must never know what a test is about.
 */

import { existsSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Test vectors live beside the repository; where they are absent tests may skip, in CI too. */
const VECTORS = new URL('../../shared', import.meta.url);

/** What a run counted. A file that could not be loaded or a stray error counts as a failure. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** Counts the tests of `modules`. */
export function count(modules: readonly TestModule[], strayErrors: number): Count {
  const skipped: string[] = [];
  let passed = 0;
  let failed = strayErrors;
  for (const module of modules) {
    failed += module.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed += 1;
      else if (state === 'failed') failed += 1;
      else skipped.push(`${module.relativeModuleId}: ${test.fullName}`);
    }
  }
  return { passed, failed, skipped };
}

/** The closing line. */
export function closingLine({ passed, failed, skipped }: Count): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped.length === 0 ? line : `${line}, ${skipped.length} skipped`;
}

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const result = count(modules, errors.length);
    const mayNotSkip = process.env.CI === 'true' && existsSync(VECTORS);
    if (mayNotSkip && result.skipped.length > 0) {
      console.error('In CI nothing skips. Skipped here; say what is missing, or install it:');
      for (const name of result.skipped) console.error(`  ${name}`);
      process.exitCode = 1;
    }
    if (result.failed > 0) process.exitCode = 1;
    console.log(closingLine(result));
  }
}
