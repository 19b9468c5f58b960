/**
 * Server-sent events out of bytes as they come (HTML, section 9.2.6).
 * It must never know what a message says, nor what to do when they end.
 */

import { serverInvalid } from './problem.ts';

export interface StreamMessage {
  /** The field `event`; `message` when there is none. */
  readonly kind: string;
  /** The last `id` given on this stream; '' when there was none. */
  readonly id: string;
  readonly data: string;
}

/** A message of a node is shorter; text that goes on and on is not one. */
const MESSAGE_LENGTH_MAX = 16 * 1024 * 1024;

export class SseParser {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #endedInReturn = false;
  #kind = '';
  #id = '';
  #data: string[] = [];
  #length = 0;

  /** The messages that these bytes complete. Throws SERVER_INVALID when one is too long. */
  push(bytes: Uint8Array): StreamMessage[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (this.#endedInReturn && text.startsWith('\n')) text = text.slice(1);
    if (text !== '') this.#endedInReturn = text.endsWith('\r');
    const lines = text.split(/\r\n|\r|\n/);
    lines[0] = this.#rest + (lines[0] ?? '');
    this.#rest = lines.pop() ?? '';
    const messages = lines.flatMap((line) => this.#line(line));
    if (this.#length + this.#rest.length > MESSAGE_LENGTH_MAX) {
      throw serverInvalid(`a message of its stream has more than ${MESSAGE_LENGTH_MAX} characters`);
    }
    return messages;
  }

  #line(line: string): StreamMessage[] {
    if (line === '') return this.#dispatch();
    this.#length += line.length;
    const colon = line.indexOf(':');
    if (colon === 0) return [];
    const field = colon < 0 ? line : line.slice(0, colon);
    const raw = colon < 0 ? '' : line.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'event') this.#kind = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return [];
  }

  #dispatch(): StreamMessage[] {
    const { length } = this.#data;
    const kind = this.#kind === '' ? 'message' : this.#kind;
    const message = { kind, id: this.#id, data: this.#data.join('\n') };
    this.#kind = '';
    this.#data = [];
    this.#length = 0;
    return length === 0 ? [] : [message];
  }
}
