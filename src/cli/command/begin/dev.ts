/**
 * `tally dev`: a contract in the making, served with the console and reloaded when it is saved.
 * It must never touch a ledger that it did not make.
 */

import path from 'node:path';
import {
  closePlace,
  type Generation,
  openFirst,
  openPlace,
  type Place,
} from '../../dev/generation.ts';
import { type Reloaded, reload } from '../../dev/reload.ts';
import { reloadedJson, sayRefused, sayReloaded } from '../../dev/say.ts';
import { changesOf } from '../../dev/watch.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { type LoadedContracts, loadReferences } from '../../folder/contracts.ts';
import { reportError } from '../../output/error.ts';
import { printJsonLine } from '../../output/json.ts';
import { type Address, type AddressOptions, addressOf } from '../../serve/address.ts';
import { announce } from '../../serve/announce.ts';
import { type Listening, type ListenOptions, listen } from '../../serve/listen.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

export interface DevOptions extends AddressOptions, ListenOptions, JsonOption {
  readonly folder?: string;
}

export async function dev(world: World, named: string, options: DevOptions): Promise<ExitCode> {
  const address = addressOf(options);
  const file = path.resolve(named);
  const loaded = await loadReferences([{ file }]);
  const place = await openPlace(options.folder);
  try {
    const run = new DevRun(world, place, loaded, options);
    await run.serve(file, address);
  } finally {
    closePlace(place);
  }
  return EXIT.ok;
}

/** What is served changes with every save: the ledger here is the one that is served now. */
class DevRun {
  readonly #world: World;
  readonly #place: Place;
  readonly #loaded: LoadedContracts;
  readonly #options: DevOptions;
  #current: Generation | undefined;

  constructor(world: World, place: Place, loaded: LoadedContracts, options: DevOptions) {
    this.#world = world;
    this.#place = place;
    this.#loaded = loaded;
    this.#options = options;
  }

  async serve(file: string, address: Address): Promise<void> {
    const first = await openFirst(this.#place, this.#loaded);
    this.#current = first;
    try {
      const opened = { ...this.#loaded, ledger: first.ledger };
      const listening = await listen(this.#world, this.#place.root, opened, address, this.#options);
      try {
        await this.#announce(file, first, listening);
        await this.#watch(file, listening);
      } finally {
        await listening.serving.close();
      }
    } finally {
      await this.#current.ledger.close();
    }
  }

  #announce(file: string, { ledger, folder }: Generation, listening: Listening): Promise<void> {
    const { root, isTemporary } = this.#place;
    const shown = path.relative('', file);
    return announce(this.#world, { ...this.#loaded, ledger }, listening, {
      ...this.#options,
      link: true,
      folder,
      says: `${shown}: save it, and every transaction is run again under it`,
      next: [
        ['data', isTemporary ? `${root}, gone when this ends` : root],
        ['stop', 'Ctrl-C'],
      ],
    });
  }

  async #watch(file: string, { serving }: Listening): Promise<void> {
    for await (const _ of changesOf(file, this.#world.signal)) {
      if (this.#current === undefined) return;
      try {
        const { references } = this.#loaded;
        const done = await reload(this.#place, this.#current, serving, references);
        this.#current = done.generation;
        this.#sayDone(done);
      } catch (error) {
        this.#sayFailed(error);
      }
    }
  }

  #sayDone(done: Reloaded): void {
    if (this.#options.json === true) printJsonLine(this.#world.out, reloadedJson(done));
    else sayReloaded(this.#world, done);
  }

  #sayFailed(error: unknown): void {
    if (this.#options.json === true) reportError(this.#world, error, true);
    else sayRefused(this.#world, error);
  }
}
