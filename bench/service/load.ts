/**
 * Load on a service over HTTP: so many connections, each sends its next request when its last is
 * answered. Requests are bytes made beforehand, so that the load costs little of the machine.
 * It must never know what it asks for, nor pass over an answer that is not the one expected.
 */

import { connect, type Socket } from 'node:net';

/** One connection's work. */
export interface Client {
  /** Whole requests, head and body. */
  readonly requests: readonly Uint8Array[];
}

export interface Answers {
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** From the last byte asked to the last byte answered, ms, of those with the status expected. */
  readonly latencies: readonly number[];
  readonly seconds: number;
  /** The first answer that had another status. */
  readonly surprise: string | null;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The bytes of a request on a connection that is kept. */
export function requestOf(
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${path} HTTP/1.1\r\n${lines.join('')}content-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Resolves when every client has all its answers. */
export async function load(
  { host, port }: Address,
  clients: readonly Client[],
  expected: number,
): Promise<Answers> {
  const lanes = await Promise.all(
    clients.map(async ({ requests }) => new Lane(await opened(host, port), requests, expected)),
  );
  const start = performance.now();
  await Promise.all(lanes.map((lane) => lane.run()));
  const seconds = (performance.now() - start) / 1e3;
  const statuses = new Map<number, number>();
  for (const lane of lanes) {
    for (const [status, count] of lane.statuses) {
      statuses.set(status, (statuses.get(status) ?? 0) + count);
    }
  }
  const latencies = lanes.flatMap((lane) => lane.latencies);
  const surprise = lanes.find((lane) => lane.surprise !== null)?.surprise ?? null;
  return { statuses, latencies, seconds, surprise };
}

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

const HEAD_END = Buffer.from('\r\n\r\n');

class Lane {
  readonly statuses = new Map<number, number>();
  readonly latencies: number[] = [];
  surprise: string | null = null;
  readonly #socket: Socket;
  readonly #requests: readonly Uint8Array[];
  readonly #expected: number;
  readonly #done = Promise.withResolvers<void>();
  #received: Buffer = Buffer.alloc(0);
  #next = 0;
  #sent = 0;

  constructor(socket: Socket, requests: readonly Uint8Array[], expected: number) {
    this.#socket = socket;
    this.#requests = requests;
    this.#expected = expected;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#done.reject(error));
    socket.on('close', () => this.#done.reject(new Error('the service hung up')));
  }

  run(): Promise<void> {
    this.#send();
    return this.#done.promise;
  }

  #send(): void {
    const request = this.#requests[this.#next++];
    if (request === undefined) {
      this.#done.resolve();
      this.#socket.destroy();
      return;
    }
    this.#sent = performance.now();
    this.#socket.write(request);
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) throw new Error(`an answer without a length: ${head}`);
    const end = headEnd + HEAD_END.length + length;
    if (this.#received.length < end) return;
    this.#count(Number(head.slice(9, 12)), headEnd + HEAD_END.length, end);
    this.#received = this.#received.subarray(end);
    this.#send();
  }

  #count(status: number, from: number, to: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === this.#expected) this.latencies.push(performance.now() - this.#sent);
    else this.surprise ??= `${status} ${this.#received.toString('utf8', from, to)}`;
  }
}
