/**
 * Proves that a fresh clone installs itself, and only when it must.
 * It must never reach the network.
 */

import { describe, expect, test } from 'vitest';
import { PretendedClone } from './clone.ts';

const BOOTSTRAP = ['scripts/bootstrap.mjs', 'program.js', '--option'];

describe('bootstrap', () => {
  test('installs what is missing, then runs the program under the pinned Node', () => {
    const clone = new PretendedClone();
    const { status, stdout } = clone.run(BOOTSTRAP);
    expect(clone.npmCalls()).toEqual([
      expect.stringMatching(/^ci --include=dev --include=optional/),
    ]);
    expect(stdout).toBe('pinned node runs program.js --option\n');
    expect(status, "the program's own exit code").toBe(7);
  });

  test('installs nothing when npm has recorded what the lock says', () => {
    const clone = new PretendedClone();
    clone.writeLock({
      'node_modules/a': { integrity: '1' },
      'node_modules/mac': { optional: true },
    });
    clone.run(BOOTSTRAP);
    expect(clone.run(BOOTSTRAP).stdout).toContain('program.js');
    expect(clone.npmCalls(), 'an optional package of another platform is not missing').toHaveLength(
      1,
    );
  });

  test.each([
    ['a package was added', { 'node_modules/a': { integrity: 'sha512-1' }, 'node_modules/b': {} }],
    ['a package has changed', { 'node_modules/a': { integrity: 'sha512-2' } }],
    ['a package was dropped', {}],
  ])('installs again when the lock is newer: %s', (_what, lock) => {
    const clone = new PretendedClone();
    clone.run(BOOTSTRAP);
    clone.writeLock(lock);
    clone.run(BOOTSTRAP);
    expect(clone.npmCalls()).toHaveLength(2);
  });

  test("stops with npm's exit code when npm fails", () => {
    const clone = new PretendedClone();
    const { status, stderr, stdout } = clone.run(BOOTSTRAP, { NPM_FAILS: '1' });
    expect(status).toBe(3);
    expect(stderr).toContain('npm ci failed');
    expect(stdout).toBe('');
  });
});

describe('tally', () => {
  test('hands over to the pinned Node when its own is too old', () => {
    const clone = new PretendedClone();
    clone.run(['scripts/bootstrap.mjs']);
    const { status, stdout } = clone.run(['bin/tally.mjs', 'show', '1'], {}, '20.19.0');
    expect(stdout).toMatch(/^pinned node runs .*bin\/tally\.mjs show 1\n$/);
    expect(status).toBe(7);
  });

  test.each(['18.20.0', '20.19.0', '22.17.1'])(
    'Node %s without a pinned one: what to do',
    (old) => {
      const { status, stderr } = new PretendedClone().run(['bin/tally.mjs'], {}, old);
      expect(status).toBe(1);
      expect(stderr).toContain(`needs Node 22.18 or newer; this is ${old}`);
      expect(stderr).toContain('npm ci --include=optional');
    },
  );

  test.each(['22.18.0', '24.21.0', '26.10.0'])(
    'Node %s runs the command line itself',
    (version) => {
      const { stderr } = new PretendedClone().run(['bin/tally.mjs'], {}, version);
      expect(stderr, 'the pretended clone has no command line').toContain('src/cli/main');
    },
  );
});
