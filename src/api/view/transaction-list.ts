/**
 * Transactions newest first (H30): from the log where all are asked for, else from the mirror's
 * index, page by page. It must never count or skip: a page begins where the last one ended.
 */

import type * as wire from '../../client/wire.ts';
import type { LedgerView } from '../../node/view/view.ts';
import type { Cell, SqlValue } from '../../sql/port.ts';
import type { Gate } from '../guard/gate.ts';
import type { TransactionsQuery } from '../schema/ledger.ts';
import { decodeCursor, pageUpTo } from '../server/cursor.ts';
import { placedAt, transactionSummary } from './transaction.ts';

type Place = { readonly height: number; readonly position: number };
type Filter = Pick<TransactionsQuery, 'sender' | 'contract' | 'method' | 'refused'>;

const TIMEOUT_MS = 10_000;
const COLUMNS = 't.id, t._height, t._position, t._time, t.sender, t.calls, t.refused, t.bytes';

/** `gate` is what queries of the mirror pass. */
export async function listTransactions(
  view: LedgerView,
  gate: Gate,
  query: TransactionsQuery,
): Promise<wire.Page<wire.TransactionSummary>> {
  const before = placeOf(query.cursor);
  const { sql } = view;
  const isFiltered = ['sender', 'contract', 'method', 'refused'].some((name) => name in query);
  const found =
    isFiltered && sql !== null
      ? await gate.pass(() => fromMirror(sql, query, before))
      : walk(view, query, before);
  return pageUpTo(found, query.limit, ({ height, position }) => [height, position]);
}

function placeOf(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const [height, position] = decodeCursor(cursor, ['number', 'number']);
  return { height: Math.trunc(Number(height)), position: Math.trunc(Number(position)) };
}

/** One more than asked for, so that it is known whether there are more. */
function walk(
  view: LedgerView,
  query: TransactionsQuery,
  before: Place | null,
): wire.TransactionSummary[] {
  const found: wire.TransactionSummary[] = [];
  const start = Math.min(before?.height ?? view.height, view.height);
  for (let height = start; height >= 0; height--) {
    const final = view.finalBlock(height);
    const { count } = final.block.header;
    const end = height === before?.height ? Math.min(before.position, count) : count;
    for (let position = end - 1; position >= 0; position--) {
      const summary = transactionSummary(placedAt(final, position));
      if (fits(summary, query)) found.push(summary);
      if (found.length > query.limit) return found;
    }
  }
  return found;
}

function fits(summary: wire.TransactionSummary, filter: Filter): boolean {
  const { sender, contract, method, refused } = filter;
  if (sender !== undefined && summary.sender !== sender) return false;
  if (refused !== undefined && !hasRefusal(summary.refused, refused)) return false;
  if (contract === undefined && method === undefined) return true;
  return summary.calls.some(
    (call) =>
      (contract === undefined || call.contract === contract) &&
      (method === undefined || call.method === method),
  );
}

function hasRefusal(code: string | null, asked: string): boolean {
  if (asked === 'true') return code !== null;
  return asked === 'false' ? code === null : code === asked;
}

async function fromMirror(
  sql: NonNullable<LedgerView['sql']>,
  query: TransactionsQuery,
  before: Place | null,
): Promise<wire.TransactionSummary[]> {
  const parameters: Record<string, SqlValue> = {};
  const wheres: string[] = [];
  const add = (text: string, values: Readonly<Record<string, SqlValue>> = {}): void => {
    wheres.push(text);
    Object.assign(parameters, values);
  };
  const { sender, refused, limit } = query;
  if (sender !== undefined) add('t.sender = :sender', { sender });
  if (refused === 'true') add('t.refused is not null');
  else if (refused === 'false') add('t.refused is null');
  else if (refused !== undefined) add('t.refused = :refused', { refused });
  const calls = callsSql(query, before, parameters);
  if (calls !== null) add(`(t._height, t._position) in (${calls})`);
  if (before !== null) {
    const { height, position } = before;
    add('(t._height, t._position) < (:height, :position)', { height, position });
  }
  const text =
    `select ${COLUMNS} from _transaction t where ${wheres.join(' and ')}` +
    ` order by t._height desc, t._position desc limit ${limit + 1}`;
  const options = { parameters, rowsMax: limit + 1, timeoutMs: TIMEOUT_MS };
  const { rows } = await sql.query(text, options);
  return rows.map(summaryOf);
}

/** Places of transactions that call a contract or method, by an index of their own. */
function callsSql(
  { contract, method, sender, refused, limit }: TransactionsQuery,
  before: Place | null,
  parameters: Record<string, SqlValue>,
): string | null {
  const wheres: string[] = [];
  if (contract !== undefined) wheres.push('contract = :contract');
  if (method !== undefined) wheres.push('method = :method');
  if (wheres.length === 0) return null;
  if (contract !== undefined) parameters.contract = contract;
  if (method !== undefined) parameters.method = method;
  if (before !== null) wheres.push('(_height, _position) < (:height, :position)');
  const places = `select distinct _height, _position from _call where ${wheres.join(' and ')}`;
  // With nothing else to meet, the newest of these are the newest of all.
  if (sender !== undefined || refused !== undefined) return places;
  const newest = `${places} order by _height desc, _position desc limit ${limit + 1}`;
  return `select _height, _position from (${newest}) newest`;
}

function summaryOf(row: readonly Cell[]): wire.TransactionSummary {
  const [id, height, position, time, sender, calls, refused = null, bytes] = row;
  const counts = JSON.parse(String(calls)) as [string, string, number][];
  return {
    id: String(id),
    height: Number(height),
    position: Number(position),
    time: Number(time),
    sender: String(sender),
    calls: counts.map(([contract, method, count]) => ({ contract, method, count })),
    refused: refused === null ? null : String(refused),
    bytes: Number(bytes),
  };
}
