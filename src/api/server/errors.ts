/**
 * What anything thrown becomes on its way out: a problem document, a status, a line in the log.
 * It must never answer with the words of an error that is our own mistake.
 */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../bytes/refusal.ts';
import type { App } from './app.ts';
import { notFound, problemOf, refusalOf, retryAfterOf } from './problem.ts';

/** Paths by method, to tell a wrong method from a wrong path. */
interface KnownPath {
  readonly form: RegExp;
  readonly methods: Set<string>;
}

/** REQUIRES that it is called before paths are added. */
export function answerErrors(app: App): void {
  const known = new Map<string, KnownPath>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const path = known.get(url) ?? { form: formOf(url), methods: new Set() };
    for (const name of [method].flat()) path.methods.add(name);
    known.set(url, path);
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.addHook('onClose', async () => known.clear());
  app.decorate('methodsOf', (path: string) => methodsOf(known.values(), path));
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Methods that a path has; none for a path that there is not. */
    methodsOf(path: string): string[];
  }
}

/** For a path that no route has: 404, or 405 with the methods that it does have (H18). */
export function answerUnknown(app: App, request: FastifyRequest, reply: FastifyReply): unknown {
  const methods = app.methodsOf(request.url.split('?')[0] ?? '');
  if (methods.length === 0) return sendRefusal(notFound(), request, reply);
  reply.header('allow', methods.join(', '));
  const refusal = new Refusal('METHOD_NOT_ALLOWED', `not with ${request.method}`, {
    next: `use ${methods.join(' or ')}`,
  });
  return sendRefusal(refusal, request, reply);
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  const refusal = refusalOf(error);
  const problem = problemOf(refusal, request.id);
  if (problem.status >= 500 && problem.status !== 503) {
    request.log.error({ err: error }, 'a mistake of ours');
  } else if (refusal.code === 'STORAGE_FAILED' || refusal.code === 'STORAGE_DAMAGED') {
    request.log.error({ err: error }, refusal.message);
  } else {
    request.log.debug({ code: refusal.code }, refusal.message);
  }
  return sendRefusal(refusal, request, reply);
}

function sendRefusal(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(refusal, request.id);
  const retryAfter = retryAfterOf(refusal);
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(String)
    .send(JSON.stringify(problem));
}

function methodsOf(paths: Iterable<KnownPath>, path: string): string[] {
  const methods = new Set<string>();
  for (const { form, methods: own } of paths) {
    if (form.test(path)) for (const method of own) methods.add(method);
  }
  return [...methods].sort();
}

function formOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
