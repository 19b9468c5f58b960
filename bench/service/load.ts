/**
 * Load on a service over HTTP: so many connections, each sends its next request when its last is
 * answered. Requests are bytes made beforehand, so that the load costs little of the machine.
 * It must never know what it asks for, nor decide what an answer is worth.
 */

import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  readonly body: string;
  /** From the first byte asked to the last byte answered. */
  readonly ms: number;
}

/** One connection's work. */
export interface Client {
  /** The next request, head and body; undefined when there is no more. */
  next(): Uint8Array | undefined;
  /** The answer to the last one. */
  answered(answer: Answer): void;
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

/**
 * Resolves when every client has all its answers, with the seconds it took. Before that, each
 * connection has had an answer: a server takes on one new connection each turn of its event loop,
 * which would be measured otherwise.
 */
export async function load({ host, port }: Address, clients: readonly Client[]): Promise<number> {
  const lanes = await Promise.all(
    clients.map(async (client) => new Lane(await opened(host, port), client)),
  );
  await Promise.all(lanes.map((lane) => lane.greet(`${host}:${port}`)));
  const start = performance.now();
  await Promise.all(lanes.map((lane) => lane.run()));
  return (performance.now() - start) / 1e3;
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
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #done = Promise.withResolvers<void>();
  #greeted: (() => void) | null = null;
  #received: Buffer = Buffer.alloc(0);
  #sent = 0;

  constructor(socket: Socket, client: Client) {
    this.#socket = socket;
    this.#client = client;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#done.reject(error));
    socket.on('close', () => this.#done.reject(new Error('the service hung up')));
  }

  /** Whatever is answered. */
  greet(host: string): Promise<void> {
    const greeted = new Promise<void>((resolve) => {
      this.#greeted = resolve;
    });
    this.#socket.write(`GET /health HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    return Promise.race([greeted, this.#done.promise]);
  }

  run(): Promise<void> {
    this.#send();
    return this.#done.promise;
  }

  #send(): void {
    const request = this.#client.next();
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
    const start = headEnd + HEAD_END.length;
    if (this.#received.length < start + length) return;
    const body = this.#received.toString('utf8', start, start + length);
    this.#received = this.#received.subarray(start + length);
    if (this.#greeted !== null) {
      this.#greeted();
      this.#greeted = null;
      return;
    }
    const ms = performance.now() - this.#sent;
    this.#client.answered({ status: Number(head.slice(9, 12)), head, body, ms });
    this.#send();
  }
}
