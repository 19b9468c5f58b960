/**
 * How much is asked at once and how often: bounds of rate and of requests under way (H17, H22).
 * It must never let one who asks much keep others from asking.
 */

import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../../bytes/refusal.ts';
import { sourceOf } from '../access/failures.ts';
import type { App } from '../server/app.ts';
import { RATE_WINDOW_MS, type ServerLimits } from './limits.ts';

const KNOWN_MAX = 20_000;

/** REQUIRES that whoever asks is known by then. */
export async function limitLoad(app: App, limits: ServerLimits): Promise<void> {
  limitUnderWay(app, limits.requestsMax);
  const hidden = {
    'x-ratelimit-limit': false,
    'x-ratelimit-remaining': false,
    'x-ratelimit-reset': false,
  };
  await app.register(rateLimit, {
    global: true,
    timeWindow: RATE_WINDOW_MS,
    cache: KNOWN_MAX,
    max: ({ caller }: FastifyRequest) =>
      caller === null ? limits.visitorRequests : limits.memberRequests,
    keyGenerator: ({ caller, ip }: FastifyRequest) => caller?.hash ?? sourceOf(ip),
    addHeadersOnExceeding: hidden,
    addHeaders: { ...hidden, 'retry-after': false },
    errorResponseBuilder: (_request: FastifyRequest, { ttl }: { readonly ttl: number }) =>
      new Refusal('RATE_LIMITED', 'too many requests', {
        data: { retryAfterMs: ttl },
        next: 'wait as long as retry-after says',
      }),
  });
}

function limitUnderWay(app: App, requestsMax: number): void {
  const underWay = new WeakSet<FastifyRequest>();
  let count = 0;
  app.addHook('onRequest', async (request) => {
    if (count >= requestsMax) {
      throw new Refusal('OVERLOADED', 'too many requests are under way', {
        data: { retryAfterMs: 1_000 },
        next: 'try again in a moment',
      });
    }
    underWay.add(request);
    count++;
  });
  const leave = (request: FastifyRequest): void => {
    if (underWay.delete(request)) count--;
  };
  app.addHook('onResponse', async (request) => leave(request));
  app.addHook('onRequestAbort', async (request) => leave(request));
  // A stream is counted as one; it would be under way for as long as it is open.
  app.decorate('leaveUnderWay', leave);
}

declare module 'fastify' {
  interface FastifyInstance {
    leaveUnderWay(request: FastifyRequest): void;
  }
}
