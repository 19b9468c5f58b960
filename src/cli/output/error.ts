/**
 * Telling what went wrong: one line on stderr with a code and what to do next.
 * It must never decide what is wrong, nor show a stack unless it was asked for.
 */

import { isRefusal } from '../../bytes/refusal.ts';
import type { Json } from '../../contract/schema/json.ts';
import { type ExitCode, exitCodeOf } from '../exit-code.ts';
import type { World } from '../world.ts';
import { styleOf } from './style.ts';

interface Told {
  readonly code: string;
  readonly message: string;
  readonly next: string | undefined;
  readonly data: { readonly [name: string]: Json };
}

/** Prints the error and gives the exit code that belongs to it. */
export function reportError(world: World, error: unknown, asJson: boolean): ExitCode {
  const told = tell(error);
  const exit = exitCodeOf(error);
  if (asJson) {
    const { code, message, next = null, data } = told;
    world.err.write(`${JSON.stringify({ error: { code, message, next, data }, exit })}\n`);
  } else {
    world.err.write(`${lineOf(world, told)}\n`);
  }
  if (world.env.TALLY_DEBUG === '1') world.err.write(`${stackOf(error)}\n`);
  return exit;
}

export function warn(world: World, message: string): void {
  const style = styleOf(world.err);
  world.err.write(`${style.warn('tally: warning:')} ${oneLine(message)}\n`);
}

function lineOf(world: World, { code, message, next }: Told): string {
  const style = styleOf(world.err);
  const text = oneLine(message);
  const end = /[.?!…]$/.test(text) ? '' : '.';
  const hint = next === undefined ? '' : `${end} ${style.dim('next:')} ${oneLine(next)}`;
  return `${style.bad(`tally: ${code}:`)} ${text}${hint}`;
}

function tell(error: unknown): Told {
  if (isRefusal(error)) {
    const data = Object.entries(error.data).map(([name, value]) => {
      return [name, typeof value === 'bigint' ? String(value) : value] as const;
    });
    const { code, message, next } = error;
    return { code, message, next, data: Object.fromEntries(data) };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const next = 'this is a fault of tally; TALLY_DEBUG=1 shows where, please report it';
  return { code: 'FAULT', message, next, data: {} };
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' | ');
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
