/**
 * A PostgreSQL server of a test's own: made in a folder of its own, reached by a socket in it, gone
 * with it. It must never touch a server that the test did not start.
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { debianProgram } from './debian.ts';

const START_MS_MAX = 30_000;
const LOOK_MS = 50;

export interface TestServer {
  /** Address of the database `postgres`, as its superuser. */
  readonly url: string;
  /** Ends every connection and refuses new ones until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops the server and removes what it kept. */
  remove(): Promise<void>;
}

/**
 * REQUIRES `requireDebian('postgresql')`. A server refuses to run as root: Debian's user does.
 * `durable` has it wait for the disk, as it does for everybody who does not say otherwise.
 */
export async function startPostgres({ durable = false } = {}): Promise<TestServer> {
  const program = debianProgram('postgresql');
  if (program === undefined) throw new Error('PostgreSQL is not installed');
  // A socket's path has at most 107 bytes, so the folder is not where TMPDIR says.
  const folder = mkdtempSync('/tmp/tally-pg-');
  const user: { uid?: number; gid?: number } = process.getuid?.() === 0 ? userOf('postgres') : {};
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = path.join(folder, 'data');
  const initdb = path.join(path.dirname(program), 'initdb');
  // Text in the order of a language, as most servers have it: the mirror must not care.
  const locale = ['--locale=C', '--locale-provider=icu', '--icu-locale=en-US'];
  const options = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(initdb, [...options, ...locale], { ...user, cwd: folder, stdio: 'ignore' });
  const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;
  let server: ReturnType<typeof spawn> | null = null;
  const start = async (): Promise<void> => {
    const fsync = `fsync=${durable ? 'on' : 'off'}`;
    const settings = ['-c', 'listen_addresses=', '-c', fsync, '-k', folder];
    server = spawn(program, ['-D', data, ...settings], { ...user, cwd: folder, stdio: 'ignore' });
    await answers(url);
  };
  const stop = async (): Promise<void> => {
    if (server === null) return;
    const ended = once(server, 'exit');
    // SIGINT is PostgreSQL's fast shutdown: it ends connections and then itself.
    server.kill('SIGINT');
    await ended;
    server = null;
  };
  const remove = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  return { url, stop, start, remove };
}

function userOf(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function answers(url: string): Promise<void> {
  for (const deadline = Date.now() + START_MS_MAX; ; ) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}
