/**
 * A reader of the event stream, as bytes on a socket: one that reads, or one that stands still.
 * It must never ask twice.
 */

import { connect, type Socket } from 'node:net';

export class StreamReader {
  readonly #socket: Socket;
  #text = '';
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('utf8');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
    });
  }

  /** Begins to read, or only asks. */
  static async open(url: URL, token: string, reads: boolean): Promise<StreamReader> {
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    await new Promise((resolve) => socket.once('connect', resolve));
    const reader = new StreamReader(socket);
    if (!reads) socket.pause();
    const head = ['GET /v1/events HTTP/1.1', `host: ${url.host}`, `authorization: Bearer ${token}`];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    return reader;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Heights of the blocks it was told of, in order. */
  get blocks(): number[] {
    return [...this.#text.matchAll(/^event: block\r?\nid: (\d+)$/gm)].map(([, id]) => Number(id));
  }

  get length(): number {
    return this.#text.length;
  }

  goOn(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }
}
