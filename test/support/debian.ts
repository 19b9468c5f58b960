/**
 * Programs from Debian packages that a test starts for real. Installs what is missing where that is
 * allowed (root, and CI=true or TALLY_INSTALL=1), else the test skips with one line that says why.
 * It must never know what a test does with a program.
 */

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

/** Where each package puts its program. `.ci/run` installs the same list. */
const PROGRAMS = {
  chromium: '/usr/bin/chromium',
  'etcd-server': '/usr/bin/etcd',
  openssl: '/usr/bin/openssl',
  postgresql: '/usr/lib/postgresql/*/bin/postgres',
  strace: '/usr/bin/strace',
} as const;

export type DebianPackage = keyof typeof PROGRAMS;

/** The newest program of a package, or undefined when it is not installed. */
export function debianProgram(name: DebianPackage): string | undefined {
  return globSync(PROGRAMS[name]).sort().at(-1);
}

/**
 * True when every package is here, after installing what is missing where that is allowed.
 * For the head of a test file: `describe.skipIf(!requireDebian('postgresql'))('…', …)`.
 */
export function requireDebian(...names: readonly DebianPackage[]): boolean {
  const isMissing = (name: DebianPackage) => debianProgram(name) === undefined;
  const missing = names.filter(isMissing);
  if (missing.length > 0 && mayInstall()) install(missing);
  const absent = missing.filter(isMissing);
  if (absent.length === 0) return true;
  console.error(`skipped for want of ${absent.join(', ')}: apt-get install ${absent.join(' ')}`);
  return false;
}

function mayInstall(): boolean {
  const wanted = process.env.CI === 'true' || process.env.TALLY_INSTALL === '1';
  return wanted && process.getuid?.() === 0 && globSync('/usr/bin/apt-get').length === 1;
}

function install(names: readonly DebianPackage[]): void {
  // Several test files may ask at once: apt waits for its own lock.
  const apt = ['-o', 'DPkg::Lock::Timeout=300', '-qq'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', [...apt, 'update'], { env, stdio: 'ignore' });
  const install = [...apt, 'install', '-y', '--no-install-recommends', ...names];
  spawnSync('apt-get', install, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
