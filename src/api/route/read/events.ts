/**
 * `GET /v1/events`: blocks and events as they become final, from a cursor on (H32).
 * It must never show an event of a contract that its reader may not read.
 */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Refusal } from '../../../bytes/refusal.ts';
import type { Caller } from '../../access/access.ts';
import { allows } from '../../access/roles.ts';
import { assertRight } from '../../guard/guard.ts';
import { PROBLEMS } from '../../schema/answers.ts';
import { type EventsQuery, eventsQuery } from '../../schema/ledger.ts';
import type { App } from '../../server/app.ts';
import type { Served } from '../../server/node.ts';
import { badRequest } from '../../server/problem.ts';
import type { Feed } from '../../stream/feed.ts';
import { Stream, type StreamPlace } from '../../stream/stream.ts';

const CURSOR = /^(\d{1,16})(?:\.(\d{1,9})\.(\d{1,9}))?$/;
const EVERYTHING = { kind: 'read', contract: null } as const;

/** Streams that are open, to be ended when the node stops. */
export class Streams {
  readonly #open = new Map<Stream, string>();

  get count(): number {
    return this.#open.size;
  }

  of(who: string): number {
    return [...this.#open.values()].filter((name) => name === who).length;
  }

  async run(stream: Stream, who: string): Promise<void> {
    this.#open.set(stream, who);
    try {
      await stream.run();
    } finally {
      this.#open.delete(stream);
    }
  }

  endAll(): void {
    for (const stream of this.#open.keys()) stream.end();
  }
}

export function eventRoutes(app: App, served: Served, feed: Feed, streams: Streams): void {
  app.route({
    method: 'GET',
    url: '/v1/events',
    // Its head alone would keep a stream open that nobody can read.
    exposeHeadRoute: false,
    config: {
      access: (request) => {
        const { contract = null } = request.query as { readonly contract?: string };
        return { kind: 'read', contract };
      },
    },
    schema: {
      tags: ['ledger'],
      summary: 'Blocks and events as they become final (server-sent events)',
      querystring: eventsQuery,
      response: {
        200: {
          description: 'Kinds `block` and `event`; `id` is the cursor to resume after',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        ...PROBLEMS,
      },
    },
    handler: async (request, reply) => {
      const caller = assertRight(request.caller, { kind: 'member' });
      assertRoom(served, streams, caller);
      const after = placeOf(request, request.query, feed);
      const { access, limits } = served;
      app.leaveUnderWay(request);
      const stream = new Stream(open(reply), {
        ...{ feed, after, limits },
        contract: request.query.contract ?? null,
        withBlocks: allows(caller.roles, EVERYTHING),
        mayGoOn: () => access.isStill(caller),
      });
      // Not awaited: the framework is done with this request.
      streams.run(stream, caller.address).catch((error: unknown) => {
        request.log.error({ err: error }, 'the event stream failed');
        stream.end();
      });
      return reply;
    },
  });
}

/** Throws OVERLOADED, RATE_LIMITED. */
function assertRoom({ limits }: Served, streams: Streams, { address }: Caller): void {
  if (streams.count >= limits.streamsMax) {
    throw new Refusal('OVERLOADED', 'too many event streams are open', {
      data: { retryAfterMs: 10_000 },
      next: 'try again later',
    });
  }
  if (streams.of(address) < limits.streamsOfOneMax) return;
  throw new Refusal('RATE_LIMITED', 'you have too many event streams open', {
    data: { retryAfterMs: 10_000 },
    next: 'close one of them',
  });
}

/** From now on when nothing is said; what lies ahead of the ledger is as good as now. */
function placeOf({ headers }: FastifyRequest, query: EventsQuery, feed: Feed): StreamPlace {
  const given = headers['last-event-id'];
  const cursor = typeof given === 'string' && given !== '' ? given : query.after;
  const now = { height: feed.height, event: null };
  if (cursor === undefined) return now;
  const [, height, position, index] = CURSOR.exec(cursor) ?? [];
  if (height === undefined) throw badRequest('last-event-id: it is no cursor', 'last-event-id');
  if (Number(height) > feed.height) return now;
  const isEvent = position !== undefined && index !== undefined;
  const event = isEvent ? { position: Number(position), index: Number(index) } : null;
  return { height: Number(height), event };
}

/** Takes the answer over from the framework, with the headers that every answer has. */
function open(reply: FastifyReply): FastifyReply['raw'] {
  const headers = reply.getHeaders();
  reply.hijack();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Of proxies that would keep the stream until it is long enough.
    'x-accel-buffering': 'no',
  });
  return reply.raw;
}
