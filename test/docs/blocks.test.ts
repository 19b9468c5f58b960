/** Proves that the documents' code blocks are found. It must never run one. */

import { expect, test } from 'vitest';
import { stepsOf } from './blocks.ts';

const fence = (info: string, ...lines: string[]): string =>
  ['```'.concat(info), ...lines, '```', ''].join('\n');

test('a block that imports tallystick or node: is a program, and another is a fragment', () => {
  const text = `# A\n\n${fence('ts', "import { open } from 'tallystick';", 'open();')}`;
  expect(stepsOf(text)).toMatchObject([{ kind: 'program', line: 3, extension: 'ts' }]);
  expect(stepsOf(fence('js', "const fs = await import('node:fs');"))).toHaveLength(1);
  expect(stepsOf(fence('ts', 'ctx.sale.insert(row);'))).toEqual([]);
});

test('a block with a file name is written, and one marked no-run gives its reason', () => {
  expect(stepsOf(fence('ts file=sales.ts', 'export {};'))).toMatchObject([{ file: 'sales.ts' }]);
  expect(stepsOf(fence('ts no-run reason="needs a browser"', "import 'tallystick';"))).toEqual([]);
  expect(() => stepsOf(fence('ts no-run', "import 'tallystick';"))).toThrow(/reason/);
});

test('a line that starts with $ tally is a command, with the exit code it names', () => {
  const block = fence(
    'sh',
    '$ npm start',
    '$ tally show block 1 \\',
    '    --json',
    '{ "height": 1 }',
    '$ tally verify bad.tally-proof  # exit 2',
    '$ tally start &',
  );
  expect(stepsOf(`\n${block}`)).toEqual([
    { kind: 'command', line: 4, command: 'tally show block 1 --json', exit: 0, background: false },
    {
      kind: 'command',
      line: 7,
      command: 'tally verify bad.tally-proof',
      exit: 2,
      background: false,
    },
    { kind: 'command', line: 8, command: 'tally start', exit: 0, background: true },
  ]);
});
