/**
 * Pages of rows: from state where the key or an index gives them, else by keys from the mirror.
 * It must never show a row as the mirror has it: rows come from state, as proofs do.
 */

import { Refusal } from '../../bytes/refusal.ts';
import type * as wire from '../../client/wire.ts';
import type { StoredRow } from '../../contract/schema/row.ts';
import type { TableView } from '../../node/view/table-view.ts';
import type { LedgerView } from '../../node/view/view.ts';
import { layoutOf, type TableLayout } from '../../sql/schema/layout.ts';
import type { Gate } from '../guard/gate.ts';
import type { RowsQuery } from '../schema/contract.ts';
import { decodeCursor, encodeCursor } from '../server/cursor.ts';
import { jsonOfRow, keyOfRow } from '../view/value.ts';
import { type Asked, askedOf } from './condition.ts';
import { cellOfPart, type End, keyOfCells, mirrorQuery, partOfCell } from './mirror-query.ts';
import { Provenance } from './provenance.ts';
import { spanOf } from './span.ts';

const TIMEOUT_MS = 10_000;

interface FoundPage {
  readonly rows: readonly StoredRow[];
  readonly next: string | null;
}

export class Rows {
  readonly provenance: Provenance;
  readonly #view: LedgerView;
  readonly #gate: Gate;
  #layouts: readonly TableLayout[] | undefined;

  /** `gate` is what queries of the mirror pass. */
  constructor(view: LedgerView, gate: Gate) {
    this.provenance = new Provenance(view);
    this.#view = view;
    this.#gate = gate;
  }

  /** Throws REQUEST_INVALID, ARGUMENT_INVALID, and what a query throws. */
  async page(table: TableView, query: RowsQuery): Promise<wire.Page<wire.RowView>> {
    const asked = askedOf(table.definition, query);
    const span = spanOf(table.plan, asked);
    const found =
      span === undefined
        ? await this.#fromMirror(table, asked, query)
        : fromState(table, span, query);
    return { items: await this.views(table, found.rows), next: found.next };
  }

  async views(table: TableView, rows: readonly StoredRow[]): Promise<wire.RowView[]> {
    const { definition } = table;
    const origins = await this.provenance.of(rows);
    return origins.map(([{ row }, origin]) => {
      return { key: keyOfRow(definition, row), row: jsonOfRow(definition, row), ...origin };
    });
  }

  async #fromMirror(
    table: TableView,
    asked: Asked,
    { limit, cursor }: RowsQuery,
  ): Promise<FoundPage> {
    const { sql } = this.#view;
    if (sql === null) {
      throw new Refusal('SQL_UNAVAILABLE', 'no index gives these rows, and there is no mirror', {
        next: 'filter and order by the key or by an index',
      });
    }
    const layout = this.#layoutOf(table);
    const end = cursor === undefined ? null : endOf(layout, asked, cursor);
    const { sql: text, parameters } = mirrorQuery(layout, asked, end, limit);
    const options = { parameters, rowsMax: limit + 1, timeoutMs: TIMEOUT_MS };
    const { rows: cells } = await this.#gate.pass(() => sql.query(text, options));
    const skipped = asked.order === null ? 0 : 1;
    const shown = cells.slice(0, limit);
    const rows = shown.flatMap((line) => {
      // What was deleted since the mirror answered is gone.
      const row = table.get(keyArgument(keyOfCells(layout, line.slice(skipped))));
      return row === undefined ? [] : [row];
    });
    const last = shown.at(-1);
    const hasMore = cells.length > limit && last !== undefined;
    return { rows, next: hasMore ? encodeCursor(last.map(partOfCell)) : null };
  }

  #layoutOf(table: TableView): TableLayout {
    this.#layouts ??= layoutOf(this.#view.contracts.values()).tables;
    const { contract, name } = table;
    const found = this.#layouts.find((own) => own.contract === contract.name && own.table === name);
    if (found === undefined) throw new Error(`assertion: ${contract.name}.${name} is mirrored`);
    return found;
  }
}

function fromState(
  table: TableView,
  span: Parameters<TableView['page']>[0],
  { limit, cursor }: RowsQuery,
): FoundPage {
  const after = cursor === undefined ? null : String(decodeCursor(cursor, ['string'])[0]);
  const key = after === null ? null : Buffer.from(after, 'base64').toString('latin1');
  const found = table.page(span, key, limit + 1);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (found.length <= limit || last === undefined) return { rows, next: null };
  const at = Buffer.from(last.at, 'latin1').toString('base64');
  return { rows, next: encodeCursor([at]) };
}

/** Throws REQUEST_INVALID. */
function endOf(layout: TableLayout, { order }: Asked, cursor: string): End {
  const count = layout.key.length + (order === null ? 0 : 1);
  return decodeCursor(cursor, Array<string>(count).fill('any')).map(cellOfPart);
}

function keyArgument(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}
