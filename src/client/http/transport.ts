/**
 * Requests to one node: addresses, who asks, JSON in and out; signs in when it must, once.
 * It must never know what a path is for, nor send a transaction twice by itself.
 */

import { isRefusal } from '../../bytes/refusal.ts';
import type { CallOptions } from '../node-client.ts';
import { type Answer, type Exchange, exchange, openStream } from './exchange.ts';
import { serverInvalid } from './problem.ts';
import { type Identity, Session } from './session.ts';
import type { ClientWorld } from './world.ts';

const JSON_TYPE = 'application/json';

/** What is sent, apart from where and by whom. */
export interface Request {
  readonly method?: Exchange['method'];
  /** After the node's address, percent-encoded. */
  readonly path: string;
  readonly query?: Query;
  readonly json?: unknown;
  readonly cbor?: Uint8Array;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly alsoStatus?: number;
}

export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

export interface TransportOptions {
  /** Without a slash at the end; '' for the page's own node. */
  readonly url: string;
  readonly identity: Identity;
  readonly timeoutMs: number;
  readonly world: ClientWorld;
}

export class Transport {
  readonly world: ClientWorld;
  readonly session: Session;
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.world = options.world;
    this.session = new Session(options.identity, async (path, body, signal) => {
      const request: Request = { method: 'POST', path, json: body };
      const answer = await exchange(this.world, this.#exchange(request, withSignal(signal), false));
      return parseObject(answer);
    });
  }

  /** The JSON object that a path answers. */
  async json<T extends object>(request: Request, options: CallOptions = {}): Promise<T> {
    return parseObject(await this.send(request, options)) as T;
  }

  /** Text of a type other than JSON. */
  async text(request: Request, options: CallOptions = {}): Promise<string> {
    const { bytes } = await this.send(request, options);
    return new TextDecoder().decode(bytes);
  }

  send(request: Request, options: CallOptions = {}): Promise<Answer> {
    return this.#known((one) => exchange(this.world, one), request, options);
  }

  stream(request: Request, options: CallOptions = {}): Promise<Response> {
    return this.#known((one) => openStream(this.world, one), request, options);
  }

  /** Without a session: what a node says to anyone. */
  async open<T extends object>(request: Request, options: CallOptions = {}): Promise<T> {
    return parseObject(await exchange(this.world, this.#exchange(request, options, false))) as T;
  }

  /** Signs in first where nobody is, and once more when the session had ended. */
  async #known<T>(
    send: (one: Exchange) => Promise<T>,
    request: Request,
    options: CallOptions,
  ): Promise<T> {
    if (this.session.isNeeded) await unlessEnded(this.session.renew(), options.signal);
    try {
      return await send(this.#exchange(request, options, true));
    } catch (error) {
      if (!isRefusal(error, 'SIGN_IN_REQUIRED') || !this.session.canRenew) throw error;
    }
    await unlessEnded(this.session.renew(), options.signal);
    return send(this.#exchange(request, options, true));
  }

  #exchange(request: Request, options: CallOptions, isKnown: boolean): Exchange {
    const { url, identity, timeoutMs } = this.#options;
    const { json, cbor } = request;
    const type = cbor === undefined ? JSON_TYPE : 'application/cbor';
    const body = cbor ?? (json === undefined ? null : JSON.stringify(json));
    return {
      method: request.method ?? 'GET',
      url: `${url}${request.path}${queryText(request.query ?? {})}`,
      headers: {
        accept: request.accept ?? JSON_TYPE,
        ...(body === null ? {} : { 'content-type': type }),
        ...(isKnown ? this.session.headers() : {}),
        ...request.headers,
      },
      body,
      credentials: identity.usesCookie ? 'same-origin' : 'omit',
      timeoutMs: options.timeoutMs ?? timeoutMs,
      signal: options.signal,
      alsoStatus: request.alsoStatus,
    };
  }
}

/** A list of path segments as a path; each is percent-encoded. */
export function pathOf(...segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

function queryText(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    const values = typeof value === 'object' ? value : value === undefined ? [] : [value];
    return values.map((one): [string, string] => [name, String(one)]);
  });
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

function parseObject({ type, bytes }: Answer): object {
  if (type !== JSON_TYPE) throw serverInvalid(`it answered ${type || 'nothing'}, not JSON`);
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch (cause) {
    throw serverInvalid('its JSON cannot be read', {}, cause);
  }
  throw serverInvalid('it answered no object');
}

function withSignal(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal };
}

/** A sign-in is shared: whoever gives up waiting for it leaves it to the others. */
function unlessEnded<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
