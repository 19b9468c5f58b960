/**
 * Runs each program of examples/ as a reader would and checks what it says.
 * It must never know how an example does it.
 */

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SAYS: Readonly<Record<string, readonly RegExp[]>> = {
  '01-chain-three-sales.ts': [
    /^sale 1 bread: (0x\w{8}) names none\n(?:.*\n)sale 2 croissant: (0x\w{8}) names \1\n/m,
    /^sale 2 croissant: (0x\w{8}) names 0x\w{8}\n(?:.*\n)sale 3 brioche: 0x\w{8} names \1\n/m,
    /^the proof of sale 2 holds: true$/m,
    /^with one letter changed: false · the signature does not belong to this transaction$/m,
  ],
  '02-unique-identifier.ts': [
    /^known before it is sent: (0x\w{8})\w{56}\nproved: \1 is Mary's$/m,
    /Mary's\n {2}and stands at block 1, position 0\nproved: 0x\w{8} is John's\n.* block 2,/m,
    /^sent again: TRANSACTION_DUPLICATE$/m,
  ],
  '03-many-under-one-root.ts': [
    /^1000 sales in 1 block, 1000 under one root\nroot: 0x\w{64}$/m,
    /^sale 500 needs 10 hashes to reach it:(?: \w{6}){10}$/m,
    /^proved: transaction 500 of 1000 in the block$/m,
    /^on disk: one LMDB file, \d+ bytes a sale$/m,
  ],
};

test('every example is run here', () => {
  expect(readdirSync(`${ROOT}/examples`).sort()).toEqual(Object.keys(SAYS));
});

test.each(Object.entries(SAYS))('%s says what the exercise asks for', (name, expected) => {
  const said = execFileSync(process.execPath, [`examples/${name}`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const line of expected) expect(said).toMatch(line);
});
