/**
 * Serving a ledger for a command: the API with the console, on a port that is free.
 * It must never open a ledger, nor close one that it was given.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog, type Log, type LogLevel } from '../../api/log.ts';
import { type ServeOptions, type Serving, serve } from '../../api/serve.ts';
import type { OpenedLedger } from '../folder/open.ts';
import { reportsOf } from '../folder/reports.ts';
import { versionOf } from '../version.ts';
import type { World } from '../world.ts';
import type { Address } from './address.ts';

export interface ListenOptions {
  /** `--no-console`. */
  readonly console: boolean;
  readonly logLevel: LogLevel;
}

export interface Listening {
  readonly serving: Serving;
  /** The port that was taken, where another one is used instead. */
  readonly takenPort: number | null;
  /** False where there are no pages: not wanted, or not built. */
  readonly hasConsole: boolean;
}

const PORTS_TRIED = 20;
/** The console as built, in a clone and in the published package alike. */
const CONSOLE = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** Throws CONFIG_INVALID when there is no port to be had. */
export async function listen(
  world: World,
  folder: string,
  { ledger, contracts, references }: OpenedLedger,
  address: Address,
  options: ListenOptions,
): Promise<Listening> {
  const pages = options.console && existsSync(path.join(CONSOLE, 'index.html')) ? CONSOLE : null;
  const [application] = references.flatMap((reference) =>
    'application' in reference ? [reference.application] : [],
  );
  const { host, names, tls } = address;
  const { serving, port } = await firstFree(address, {
    ...{ ledger, contracts, host, names, tls },
    reports: reportsOf(references),
    application: application ?? null,
    console: pages,
    tokensFile: path.join(folder, 'tokens.json'),
    version: versionOf(),
    log: logTo(world, options.logLevel),
  });
  const takenPort = port === address.port ? null : address.port;
  return { serving, takenPort, hasConsole: pages !== null };
}

async function firstFree(
  { port, isPortGiven }: Address,
  options: Omit<ServeOptions, 'port'>,
): Promise<{ serving: Serving; port: number }> {
  for (let tried = port; ; tried++) {
    try {
      return { serving: await serve({ ...options, port: tried }), port: tried };
    } catch (error) {
      const isLast = isPortGiven || tried >= port + PORTS_TRIED - 1;
      if (isLast || !isTaken(error)) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause
    ? cause.code === 'EADDRINUSE'
    : false;
}

/** On standard error: standard output is for the person who started it. */
function logTo({ err }: World, level: LogLevel): Log {
  return createLog(level, { write: (line) => err.write(line) });
}
