/**
 * On what machine, with which versions and when: without it a figure means nothing.
 * It must never know a figure.
 */

import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly disk: string;
  readonly node: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Threads that wanted a core, over the last quarter of an hour: ours and others'. */
  readonly load: number;
}

const PACKAGES = ['lmdb', 'sodium-native', '@chainsafe/hashtree', 'better-sqlite3', 'hypercore'];

const FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs, which is memory: no fsync here is one'],
  [0x794c7630, 'overlayfs'],
]);

/** `folder` is where ledgers are made. */
export function describeMachine(folder: string): Machine {
  const { type: kind } = statfsSync(folder);
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    disk: FILE_SYSTEMS.get(kind) ?? `file system 0x${kind.toString(16)}`,
    node: process.versions.node,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    load: loadavg()[2] ?? 0,
  };
}

export function machineLine(machine: Machine): string {
  const { date, cpu, cores, memoryGiB, system, disk, node, packages, load } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return (
    `${date}; ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${system}, ${disk}; ` +
    `Node ${node}; ${versions.join(', ')}; load ${load.toFixed(1)}`
  );
}

function versionOf(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
