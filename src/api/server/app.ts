/**
 * The HTTP server before it has paths: its parser, limits, time-outs and schema compilers.
 * It must never know a path, nor whoever asks.
 */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Caller } from '../access/access.ts';
import type { Right } from '../access/roles.ts';
import type { ServerLimits } from '../guard/limits.ts';
import type { Log } from '../log.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { problemOf, refusalOf } from './problem.ts';

/** Who may use a path: anyone, or whoever has the right, which its parameters may narrow. */
export type RouteAccess = 'anyone' | Right | ((request: FastifyRequest) => Right);

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Without it nobody may: a path is closed until it says who may use it. */
    access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Whoever asks; null for a stranger. */
    caller: Caller | null;
  }
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface AppOptions {
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly bodyBytesMax: number;
  readonly limits: ServerLimits;
  readonly log: Log;
}

/** Told apart from those of another run; the rest is counted: chance costs more than the count. */
const IDS = randomBytes(6).toString('base64url');
let idCount = 0;
const REQUEST_ID = /^[\w-]{1,64}$/;
/** A row's key, percent-encoded. */
const PARAMETER_LENGTH_MAX = 16_384;
/** How often Node looks for requests that take too long. */
const CHECKING_MS = 1_000;
const KEEP_ALIVE_MS = 65_000;

export function createApp({ tls, bodyBytesMax, limits, log }: AppOptions): App {
  const { requestMs, headerBytesMax } = limits;
  const http = {
    maxHeaderSize: headerBytesMax,
    headersTimeout: requestMs,
    connectionsCheckingInterval: Math.min(CHECKING_MS, requestMs),
  };
  const options = {
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'request',
    }),
    genReqId,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerUnread,
  } as const;
  const app = (tls === null
    ? fastify({ ...options, http })
    : fastify({ ...options, https: { ...http, ...tls } })) as unknown as App;
  app.server.maxConnections = limits.connectionsMax;
  closeUnused(app, tls !== null);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('caller', null);
  // What browsers can send across sites without asking first is read nowhere.
  app.removeAllContentTypeParsers();
  const parser = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parser);
  return app;
}

/**
 * Connections that were opened ahead and never used, as browsers do, are not idle to Node: a stop
 * would wait for each of them.
 */
function closeUnused(app: App, isTls: boolean): void {
  const unused = new Set<Socket>();
  app.server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }) => unused.delete(socket));
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy();
  });
}

/** The request's own id when it has the form of one, so that a caller's logs and ours agree. */
function genReqId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && REQUEST_ID.test(given)) return given;
  return `${IDS}-${(idCount++).toString(36)}`;
}

/** Of a path that cannot be read no hook and no handler hears. */
function answerUnread(error: unknown, { id }: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(refusalOf(error), id);
  reply
    .code(problem.status)
    .headers({ 'x-request-id': id, 'cache-control': 'no-store' })
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}
