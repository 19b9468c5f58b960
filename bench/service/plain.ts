/**
 * What a good engineer would write without a ledger: the same check over HTTP into PostgreSQL, one
 * prepared statement that inserts it, its part and its lane, answered when it is on the disk.
 * It must never do less than that, nor wait for anything else. Run as a process by bench/http.ts.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type { Check } from './controllers.ts';

/** Measured here: fewer wait for each other's syncs, more for each other's turns. */
const CONNECTIONS = 24;

const TABLES = `
  create table if not exists controller (reference text primary key, checks bigint not null,
    last text, latest bigint);
  create table if not exists inspection (id text primary key, previous text unique,
    created bigint not null, part text not null, status text not null,
    controller text not null references controller, defect text, number bigint not null,
    unique (controller, number));
  create index if not exists inspection_by_part on inspection (part);
  create table if not exists part (reference text primary key, checks bigint not null,
    first text not null, last text not null, status text not null)`;

/** The lane's row is locked by its update, which fails when the lane has gone on. */
const RECORD = {
  name: 'record',
  text: `with lane as (
    update controller set checks = checks + 1, last = $1, latest = $3
    where reference = $6 and last is not distinct from $2::text and coalesce(latest, $3) <= $3
    returning checks
  ), seen as (
    insert into part (reference, checks, first, last, status)
    select $4, 1, $1, $1, $5 from lane
    on conflict (reference) do update set checks = part.checks + 1, last = $1, status = $5
  )
  insert into inspection (id, previous, created, part, status, controller, defect, number)
  select $1, $2, $3, $4, $5, $6, $7, checks from lane returning number`,
};

interface Posted extends Check {
  readonly id: string;
  readonly controller: string;
}

const url = process.argv[2] ?? '';
const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
await pool.query(TABLES);

async function record(body: string): Promise<{ status: number; answer: object }> {
  const { id, previous, created, part, status, controller, defect } = JSON.parse(body) as Posted;
  const values = [id, previous, created, part, status, controller, defect];
  const { rows } = await pool.query<{ number: string }>({ ...RECORD, values });
  const [row] = rows;
  if (row === undefined) return { status: 409, answer: { error: 'the lane has gone on' } };
  return { status: 200, answer: { id, number: Number(row.number) } };
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-length': 0 });
    response.end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const answered = record(Buffer.concat(chunks).toString());
    const failed = (error: unknown) => ({ status: 500, answer: { error: String(error) } });
    void answered.catch(failed).then(({ status, answer }) => {
      const text = JSON.stringify(answer);
      const length = Buffer.byteLength(text);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': length });
      response.end(text);
    });
  });
});

process.on('message', (controllers: string[]) => {
  const text = `insert into controller (reference, checks)
    select reference, 0 from unnest($1::text[]) as reference on conflict do nothing`;
  void pool.query(text, [controllers]).then(() => process.send?.('registered'));
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
