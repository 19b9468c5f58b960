/**
 * Watching a ledger: one stream of blocks and events, taken up again where it broke.
 * It must never give a message twice, nor pass over one.
 */

import { Refusal } from '../../bytes/refusal.ts';
import { typeOf, unreachable } from '../http/exchange.ts';
import { serverInvalid } from '../http/problem.ts';
import { backoffMs, isTransient } from '../http/retry.ts';
import { shaped } from '../http/shape.ts';
import { SseParser, type StreamMessage } from '../http/sse.ts';
import type { Transport } from '../http/transport.ts';
import type { LedgerMessage, WatchOptions } from '../node-client.ts';
import type { BlockMessage, EventMessage, LedgerInfo } from '../wire.ts';

const STREAM_TYPE = 'text/event-stream';
/** A node sends a comment every 15 seconds (H32): after three missed ones it is gone. */
const SILENCE_MS_MAX = 45_000;

export interface StreamOptions extends WatchOptions {
  /** Events of this contract alone. */
  readonly contract?: string;
}

export async function* watchLedger(
  transport: Transport,
  options: StreamOptions = {},
): AsyncGenerator<LedgerMessage> {
  const { world } = transport;
  const ended = endedBy(options.signal);
  let cursor = options.after;
  let failed = 0;
  try {
    while (!ended.signal.aborted) {
      try {
        // "From now on" is a place too: it holds when the stream breaks before its first message.
        cursor ??= await headCursor(transport, ended.signal);
        for await (const message of openMessages(transport, cursor, options, ended.signal)) {
          failed = 0;
          cursor = message.cursor;
          yield message;
        }
      } catch (error) {
        if (ended.signal.aborted) return;
        if (!isTransient(error)) throw error;
        failed++;
        options.onState?.('waiting', error);
        await world.wait(backoffMs(failed, world.random(), error), ended.signal);
      }
    }
  } finally {
    ended.abort();
  }
}

/** A controller of the watch's own: it ends the request also when the reader just stops. */
function endedBy(signal: AbortSignal | undefined): AbortController {
  const controller = new AbortController();
  if (signal?.aborted) controller.abort();
  else signal?.addEventListener('abort', () => controller.abort(), { signal: controller.signal });
  return controller;
}

async function headCursor(transport: Transport, signal: AbortSignal): Promise<string> {
  const info = await transport.json<LedgerInfo>({ path: '/v1/ledger' }, { signal });
  const { head } = shaped(info, 'its ledger', { head: 'map' });
  return String(shaped(head, 'its head', { height: 'count' }).height);
}

/** Messages of one connection. Throws SERVER_UNREACHABLE when it breaks, ends or falls silent. */
async function* openMessages(
  transport: Transport,
  after: string,
  { contract, onState }: StreamOptions,
  signal: AbortSignal,
): AsyncGenerator<LedgerMessage> {
  const path = '/v1/events';
  const query = { after, contract };
  const response = await transport.stream({ path, query, accept: STREAM_TYPE }, { signal });
  if (typeOf(response) !== STREAM_TYPE || response.body === null) {
    throw serverInvalid(`its stream is ${typeOf(response) || 'nothing'}`);
  }
  onState?.('open');
  const parser = new SseParser();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const bytes = await readSome(transport, reader);
      for (const message of parser.push(bytes)) yield* parseMessage(message);
    }
  } finally {
    // The connection may be broken already, which is why it is let go.
    await reader.cancel().catch(() => undefined);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readSome({ world }: Transport, reader: Reader): Promise<Uint8Array> {
  const arrived = new AbortController();
  const silent = world.wait(SILENCE_MS_MAX, arrived.signal).then(() => null);
  try {
    const part = await Promise.race([reader.read(), silent]);
    if (part === null) throw unreachable('/v1/events', `silence for ${SILENCE_MS_MAX} ms`);
    if (part.done) throw unreachable('/v1/events', 'the stream ended');
    return part.value;
  } catch (error) {
    throw error instanceof Refusal ? error : unreachable('/v1/events', 'the stream broke', error);
  } finally {
    arrived.abort();
  }
}

function* parseMessage({ kind, id: cursor, data }: StreamMessage): Generator<LedgerMessage> {
  // A newer node may have kinds that this client does not know.
  if (kind !== 'block' && kind !== 'event') return;
  if (cursor === '') throw serverInvalid('a message of its stream has no cursor');
  const parsed = parseJson(data);
  if (kind === 'block') yield { kind, cursor, block: parsed as BlockMessage };
  else yield { kind, cursor, event: parsed as EventMessage };
}

function parseJson(data: string): object {
  try {
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch (cause) {
    throw serverInvalid('a message of its stream is not JSON', {}, cause);
  }
  throw serverInvalid('a message of its stream is no object');
}

export async function* watchBlocks(
  transport: Transport,
  options: WatchOptions = {},
): AsyncGenerator<BlockMessage> {
  for await (const message of watchLedger(transport, options)) {
    if (message.kind === 'block') yield message.block;
  }
}

export async function* watchEvents(
  transport: Transport,
  { name, ...options }: StreamOptions & { readonly name?: string } = {},
): AsyncGenerator<EventMessage> {
  for await (const message of watchLedger(transport, options)) {
    if (message.kind !== 'event') continue;
    if (name === undefined || message.event.name === name) yield message.event;
  }
}
