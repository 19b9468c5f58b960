/**
 * Completes package-lock.json with the optional packages that npm left out of it: where a registry
 * mirror lacks a package for another platform, npm drops it from the lock, and then `npm ci`
 * refuses the lock on every machine. Run it after an `npm install` that changed the lock.
 * It must never touch an entry that npm wrote.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OS = 'aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32';
const CPU = 'arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64';
const PLATFORM = new RegExp(`[-/](${OS})-(${CPU})(?:-(gnu|musl|msvc|eabi|gnueabihf|musleabihf))?$`);

/** True when the lock has `name` where the package at `from` would find it. */
function isLocked(packages, from, name) {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, folder.lastIndexOf('node_modules')).replace(/\/$/, '')
  ) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

/** The optional packages that the lock's packages name and the lock does not hold. */
function missingOptional(packages) {
  const missing = new Map();
  for (const [from, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isLocked(packages, from, name)) missing.set(`node_modules/${name}`, { name, version });
    }
  }
  return missing;
}

/** A lock entry for a package of another platform, which its name tells. */
function entryFor({ name, version }) {
  const [, os, cpu, libc] = PLATFORM.exec(name) ?? [];
  if (os === undefined) throw new Error(`${name} names no platform: add it to the lock by hand`);
  const exact = version.replace(/^[~^]/, '');
  const libcs = { gnu: ['glibc'], musl: ['musl'] };
  const entry = { version: exact, cpu: [cpu] };
  if (os === 'linux' && libcs[libc] !== undefined) entry.libc = libcs[libc];
  return { ...entry, optional: true, os: [os] };
}

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = missingOptional(lock.packages);

if (process.argv.includes('--check')) {
  for (const { name, version } of missing.values()) console.error(`${name}@${version}`);
  if (missing.size > 0) {
    console.error(
      'are not in package-lock.json, so npm ci refuses it: run scripts/complete-lock.mjs',
    );
    process.exitCode = 1;
  }
} else if (missing.size > 0) {
  for (const [place, wanted] of missing) lock.packages[place] = entryFor(wanted);
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${missing.size} optional packages added to package-lock.json`);
}
