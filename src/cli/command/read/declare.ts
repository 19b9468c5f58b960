/**
 * Commands that read ledgers: their arguments and options.
 * It must never load what a command needs before it is run.
 */
import type { Command } from 'commander';
import type { Host } from '../host.ts';
export function declareReading(_program: Command, _host: Host): void {}
