/**
 * `tally show` of a row, its history, and the rows of a table.
 * It must never read more of a table than was asked for.
 */

import { Refusal } from '../../bytes/refusal.ts';
import type { RowVersion } from '../../contract/calls.ts';
import { type Json, rowToJson } from '../../contract/schema/json.ts';
import type { Row } from '../../contract/schema/row.ts';
import type { Ledger } from '../../node/ledger.ts';
import type { AnyTable } from '../../node/tables.ts';
import { type FoundTable, parseKey } from '../folder/names.ts';
import { styleOf } from '../output/style.ts';
import { printFields, printTable } from '../output/table.ts';
import { grouped, utc } from '../output/words.ts';
import type { World } from '../world.ts';
import { cellText } from './call.ts';

type RowJson = { readonly [column: string]: Json };

export interface VersionView {
  readonly row: RowJson | null;
  readonly height: number;
  readonly position: number;
  readonly time: number;
  readonly transaction: string;
}

export interface RowView {
  readonly table: string;
  readonly key: readonly string[];
  /** Newest first; the first is the row as it is now. */
  readonly versions: readonly VersionView[];
}

export function tableOf(ledger: Ledger, { contract, name }: FoundTable): AnyTable {
  const tables = ledger.tables as unknown as Readonly<
    Record<string, Readonly<Record<string, AnyTable>>>
  >;
  const table = tables[contract]?.[name];
  if (table === undefined) throw new Error(`assertion: no table ${contract}.${name}`);
  return table;
}

/** Throws NOT_FOUND where there never was such a row. */
export function rowView(ledger: Ledger, found: FoundTable, words: readonly string[]): RowView {
  const table = `${found.contract}.${found.name}`;
  const versions = tableOf(ledger, found).history(parseKey(found, words));
  if (versions.length === 0) {
    throw new Refusal('NOT_FOUND', `${table} never had a row ${words.join(' ')}`, {
      next: `\`tally show <folder> rows ${table}\` lists rows`,
    });
  }
  return { table, key: words, versions: versions.map((version) => versionView(found, version)) };
}

function versionView({ table }: FoundTable, version: RowVersion<Row>): VersionView {
  const { row, ...where } = version;
  return { row: row === null ? null : rowToJson(table, row), ...where };
}

export function printRow(world: World, { table, key, versions }: RowView): void {
  const { out } = world;
  const style = styleOf(out);
  const [now] = versions;
  if (now === undefined) return;
  out.write(`${style.title(table)} ${key.map((part) => cellText(part)).join(' ')}\n`);
  const fields = Object.entries(now.row ?? {}).map(
    ([name, value]) => [name, cellText(value)] as const,
  );
  if (now.row === null) out.write(`  ${style.warn('deleted')}\n`);
  if (fields.length > 0) printFields(out, fields, '  ');
  const written = `written in block ${grouped(now.height)}, ${utc(now.time)}`;
  out.write(`  ${style.dim(written)}\n`);
  if (now.transaction !== '') out.write(`  ${style.dim(`by transaction ${now.transaction}`)}\n`);
}

export function printHistory(world: World, { table, key, versions }: RowView): void {
  const { out } = world;
  const style = styleOf(out);
  out.write(`${style.title(table)} ${key.map((part) => cellText(part)).join(' ')}, newest first\n`);
  const names = Object.keys(versions.find(({ row }) => row !== null)?.row ?? {});
  printTable(
    out,
    [
      { title: 'block', align: 'right' },
      { title: 'time' },
      ...names.map((title) => ({ title })),
      { title: 'transaction' },
    ],
    versions.map(({ row, height, time, transaction }) => [
      grouped(height),
      utc(time),
      ...names.map((name, at) =>
        row === null ? (at === 0 ? 'deleted' : '') : cellText(row[name]),
      ),
      transaction,
    ]),
  );
}

export function rowsView(ledger: Ledger, found: FoundTable, limit: number): RowJson[] {
  return tableOf(ledger, found)
    .range({ limit })
    .map((row) => rowToJson(found.table, row));
}

export function printRows(world: World, found: FoundTable, rows: readonly RowJson[]): void {
  const names = Object.keys(found.table.columns);
  printTable(
    world.out,
    names.map((title) => ({ title })),
    rows.map((row) => names.map((name) => cellText(row[name]))),
  );
}
