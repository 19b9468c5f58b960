/**
 * `tally init`: a new ledger in a folder.
 * It must never touch a folder that has something in it.
 */

import { EXIT, type ExitCode } from '../../exit-code.ts';
import { loadReferences, parseReferences } from '../../folder/contracts.ts';
import { createFolder } from '../../folder/create.ts';
import { printJson } from '../../output/json.ts';
import { styleOf } from '../../output/style.ts';
import { printFields, visible } from '../../output/table.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

export interface InitOptions extends JsonOption {
  readonly contract?: readonly string[];
  readonly name?: string;
  readonly key?: string;
  readonly passphraseFile?: string;
}

export async function init(
  world: World,
  folder: string,
  { contract = [], json, ...options }: InitOptions,
): Promise<ExitCode> {
  const loaded = await loadReferences(parseReferences(contract));
  const created = await createFolder(world, folder, loaded, options);
  const contracts = loaded.contracts.map(({ name }) => name);
  if (json === true) {
    printJson(world.out, { folder, ...created, contracts });
    return EXIT.ok;
  }
  const style = styleOf(world.out);
  world.out.write(`${style.good('✓')} a new ledger in ${style.title(folder)}\n`);
  printFields(
    world.out,
    [
      ['name', visible(created.name)],
      ['chain', style.name(created.chain)],
      ['owner', style.name(created.owner)],
      ['contracts', contracts.join(', ') || 'none'],
    ],
    '  ',
  );
  const [folderText, keyFile] = [visible(folder), visible(created.keyFile)];
  const lines = [
    `Whoever has ${keyFile} is this ledger’s first administrator, and seals its blocks:`,
    '  keep a copy elsewhere. Note the chain: proofs are checked against it.',
    `Next: tally start ${folderText}  serves it, and prints a link that signs a browser in`,
  ];
  for (const line of lines) world.out.write(`${style.dim(line)}\n`);
  return EXIT.ok;
}
