/**
 * `tally show`: what is on a ledger.
 * It must never write, so that it runs beside a writer.
 */

import { Refusal } from '../../../bytes/refusal.ts';
import { suggest } from '../../../contract/near.ts';
import { jsonSchemaOfMethod, jsonSchemaOfTable } from '../../../contract/schema/json-schema.ts';
import { isSystemContract } from '../../../contract/system/system.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { findTable } from '../../folder/names.ts';
import { type OpenedLedger, type ReadOptions, reading } from '../../folder/open.ts';
import { printJson } from '../../output/json.ts';
import { styleOf } from '../../output/style.ts';
import { printFields, visible } from '../../output/table.ts';
import { blockView, contractLines, headView, printBlock, printHead } from '../../show/block.ts';
import { printHistory, printRow, printRows, rowsView, rowView } from '../../show/row.ts';
import { findTransaction, printTransaction, transactionView } from '../../show/transaction.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

export interface ShowOptions extends ReadOptions, JsonOption {
  readonly limit: number;
}

interface Shown {
  readonly json: object;
  print(): void;
}

type Shower = (
  world: World,
  opened: OpenedLedger,
  words: readonly string[],
  options: ShowOptions,
) => Shown;

const SHOWERS: Readonly<Record<string, Shower>> = {
  head(world, { ledger }, words, { limit }) {
    takes(words, 0, 'head');
    const view = headView(ledger, limit);
    return { json: view, print: () => printHead(world, view) };
  },
  block(world, { ledger }, words) {
    takes(words, 1, 'block <height>');
    const height = /^\d{1,15}$/.test(words[0] ?? '') ? Number(words[0]) : Number.NaN;
    const view = blockView(ledger, ledger.block(height));
    return { json: view, print: () => printBlock(world, view) };
  },
  transaction(world, { ledger, contracts }, words) {
    takes(words, 1, 'transaction <id>');
    const view = transactionView(findTransaction(ledger, words[0] ?? ''), contracts);
    return { json: view, print: () => printTransaction(world, view) };
  },
  row(world, { ledger, contracts }, [table = '', ...key]) {
    const { versions, ...view } = rowView(ledger, findTable(contracts, table), key);
    const json = { ...view, ...versions[0] };
    return { json, print: () => printRow(world, { ...view, versions }) };
  },
  history(world, { ledger, contracts }, [table = '', ...key]) {
    const view = rowView(ledger, findTable(contracts, table), key);
    return { json: view, print: () => printHistory(world, view) };
  },
  rows(world, { ledger, contracts }, words, { limit }) {
    takes(words, 1, 'rows <contract.table>');
    const found = findTable(contracts, words[0] ?? '');
    const rows = rowsView(ledger, found, limit);
    const table = `${found.contract}.${found.name}`;
    return { json: { table, rows }, print: () => printRows(world, found, rows) };
  },
  contracts: showContracts,
};

export async function show(
  world: World,
  folder: string,
  what: string,
  words: readonly string[],
  options: ShowOptions,
): Promise<ExitCode> {
  const shower = Object.hasOwn(SHOWERS, what) ? SHOWERS[what] : undefined;
  if (shower === undefined) {
    const next = suggest(what, Object.keys(SHOWERS));
    throw new Refusal('USAGE', `show does not know "${visible(what)}"`, { next });
  }
  await reading(world, folder, options, async (opened) => {
    const shown = shower(world, opened, words, options);
    if (options.json === true) printJson(world.out, shown.json);
    else shown.print();
  });
  return EXIT.ok;
}

function showContracts(
  world: World,
  { ledger, contracts }: OpenedLedger,
  words: readonly string[],
): Shown {
  takes(words, 0, 'contracts');
  const installed = [...ledger.installed().keys()].filter((name) => !isSystemContract(name));
  const json = contracts.map((contract) => ({
    name: contract.name,
    installed: installed.includes(contract.name),
    tables: Object.keys(contract.tables).map((table) => jsonSchemaOfTable(contract, table)),
    methods: Object.keys(contract.methods).map((method) => jsonSchemaOfMethod(contract, method)),
  }));
  const fields = installed.map((name): [string, string] => [
    visible(name),
    contractLines(contracts, name) ?? styleOf(world.out).warn('this node does not run it'),
  ]);
  const print = (): void => {
    if (fields.length === 0) world.out.write('no contracts\n');
    else printFields(world.out, fields);
  };
  return { json: { installed, contracts: json }, print };
}

function takes(words: readonly string[], most: number, form: string): void {
  if (words.length === most) return;
  throw new Refusal('USAGE', `expected \`show <folder> ${form}\``, { next: 'see `tally show -h`' });
}
