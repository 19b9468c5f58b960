/**
 * Runs every program and every `$ tally` command of README.md and docs/*.md, so that no document
 * can rot. It must never know what a document says.
 */

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { stepsOf } from './blocks.ts';
import { checkTypes } from './check-types.ts';
import { DocumentRunner } from './runner.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const documents = globSync(['README.md', 'docs/*.md'], { cwd: ROOT }).sort();

test('there are documents', () => expect(documents).toContain('README.md'));

describe.each(documents)('%s', (name) => {
  const steps = stepsOf(readFileSync(`${ROOT}/${name}`, 'utf8'));
  const runner = new DocumentRunner();
  afterAll(() => runner.close());

  test('its programs have no type error', () => {
    const programs = steps.filter((step) => step.kind === 'program');
    expect(checkTypes(runner.folder, programs)).toBe('');
  });

  test.each(steps.map((step) => ({ line: step.line, step })))(
    'line $line runs as it stands',
    ({ step }) => runner.run(step),
  );
});
