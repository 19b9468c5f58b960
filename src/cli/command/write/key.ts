/**
 * `tally key`: makes, lists and shows key files.
 * It must never print a secret.
 */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { isRefusal } from '../../../bytes/refusal.ts';
import { createKey, describeKey } from '../../../node/driver/keystore.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { keyFile, keyFilesIn, keysFolder } from '../../folder/keys.ts';
import { newPassphrase, type PassphraseOptions } from '../../folder/passphrase.ts';
import { warn } from '../../output/error.ts';
import { printJson } from '../../output/json.ts';
import { styleOf } from '../../output/style.ts';
import { printFields, printTable } from '../../output/table.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

interface KeyFacts {
  readonly file: string;
  readonly address: string;
  readonly publicKey: string;
  readonly encrypted: boolean;
}

export async function newKey(
  world: World,
  name: string,
  { json, ...options }: PassphraseOptions & JsonOption,
): Promise<ExitCode> {
  const file = keyFile(world, name);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  await createKey(file, await newPassphrase(world, file, options));
  return show(world, factsOf(file), json === true);
}

export async function showKey(world: World, name: string, { json }: JsonOption): Promise<ExitCode> {
  return show(world, factsOf(keyFile(world, name)), json === true);
}

export async function listKeys(
  world: World,
  folder: string | undefined,
  { json }: JsonOption,
): Promise<ExitCode> {
  const keys = keyFilesIn(folder ?? keysFolder(world)).flatMap((file) => {
    try {
      return [factsOf(file)];
    } catch (error) {
      if (!isRefusal(error)) throw error;
      warn(world, error.message);
      return [];
    }
  });
  if (json === true) {
    printJson(world.out, { keys: keys.map((key) => ({ ...key })) });
    return EXIT.ok;
  }
  if (keys.length === 0) {
    world.out.write('no keys; make one with `tally key new <name>`\n');
    return EXIT.ok;
  }
  const rows = keys.map(({ file, address, encrypted }) => [
    path.basename(file, '.key'),
    address,
    encrypted ? 'encrypted' : 'plain',
    file,
  ]);
  const titles = ['name', 'address', 'protection', 'file'];
  printTable(
    world.out,
    titles.map((title) => ({ title })),
    rows,
  );
  return EXIT.ok;
}

function factsOf(file: string): KeyFacts {
  const { address, publicKey, locked } = describeKey(file);
  return { file, address, publicKey, encrypted: locked };
}

function show(world: World, facts: KeyFacts, asJson: boolean): ExitCode {
  if (asJson) {
    printJson(world.out, { ...facts });
    return EXIT.ok;
  }
  const style = styleOf(world.out);
  printFields(world.out, [
    ['address', style.name(facts.address)],
    ['public key', facts.publicKey],
    ['protection', facts.encrypted ? 'encrypted under a passphrase' : 'plain'],
    ['file', facts.file],
  ]);
  return EXIT.ok;
}
