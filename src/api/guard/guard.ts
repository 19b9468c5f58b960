/**
 * Who may ask what: the name used, whoever asks, where a browser comes from, the right that a path
 * needs. It must never let a path through that does not say who may use it.
 */

import { isIPv4 } from 'node:net';
import type {} from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../../bytes/refusal.ts';
import type { Access, Caller } from '../access/access.ts';
import { allows, type Right, roleFor } from '../access/roles.ts';
import type { App, RouteAccess } from '../server/app.ts';

const HOST = /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?$/;
const BEARER = /^Bearer ([\w-]{1,200})$/i;
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface GuardOptions {
  readonly access: Access;
  /** Host names and addresses under which the node may be asked, besides loopback. */
  readonly names: readonly string[];
}

/** REQUIRES that cookies are read before. */
export function guard(app: App, { access, names }: GuardOptions): void {
  const allowed = new Set(names.map((name) => name.toLowerCase()));
  app.addHook('onRequest', async (request) => {
    assertHost(request, allowed);
    request.caller = callerOf(access, request);
  });
  // After the limits of rate, before any of the body is read.
  app.addHook('preParsing', async (request) => {
    if (!SAFE.has(request.method)) assertOwnOrigin(request);
    if (request.is404) return;
    authorize(request, request.routeOptions.config.access);
  });
}

/** The cookie that a browser keeps; of this port alone, for browsers do not tell ports apart. */
export function cookieName(request: FastifyRequest): string {
  const name = `tally_${request.socket.localPort ?? 0}`;
  return isSecure(request) ? `__Host-${name}` : name;
}

/** Also where a proxy ends TLS: the browser's own word for its page is what counts. */
export function isSecure(request: FastifyRequest): boolean {
  return originOf(request).startsWith('https://');
}

/** Scheme, host and port under which the node is being used, as a browser writes it. */
export function originOf(request: FastifyRequest): string {
  const { origin } = request.headers;
  if (origin !== undefined && isOwn(request, origin)) return origin.toLowerCase();
  return `${request.protocol}://${request.headers.host ?? ''}`.toLowerCase();
}

/** Throws unless the caller may do it: SIGN_IN_REQUIRED, ACCESS_DENIED. */
export function assertRight(caller: Caller | null, right: Right): Caller {
  if (caller === null) throw signInRequired();
  if (allows(caller.roles, right)) return caller;
  const role = roleFor(right);
  throw new Refusal('ACCESS_DENIED', `this needs the role ${role}`, {
    data: { role },
    next: 'ask an administrator for it',
  });
}

/** For what a token may not do (H14). Throws SIGN_IN_REQUIRED, ACCESS_DENIED. */
export function assertSession(caller: Caller | null, right: Right): Caller {
  const found = assertRight(caller, right);
  if (found.via !== 'token') return found;
  throw new Refusal('ACCESS_DENIED', 'a token may not do this', { next: 'sign in with a key' });
}

function authorize(request: FastifyRequest, access: RouteAccess | undefined): void {
  if (access === 'anyone') return;
  if (access === undefined) throw signInRequired();
  // Who is not known gets the same answer whatever the parameters are.
  if (request.caller === null) throw signInRequired();
  assertRight(request.caller, typeof access === 'function' ? access(request) : access);
}

function callerOf(access: Access, request: FastifyRequest): Caller | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const secret = BEARER.exec(authorization)?.[1];
    return secret === undefined ? null : (access.callerOf(secret, 'bearer') ?? null);
  }
  const secret = request.cookies[cookieName(request)];
  return secret === undefined ? null : (access.callerOf(secret, 'cookie') ?? null);
}

/** DNS can give a stranger's name to this address; only names that the node was told count. */
function assertHost({ headers }: FastifyRequest, allowed: ReadonlySet<string>): void {
  const name = HOST.exec(headers.host ?? '')?.[1]?.toLowerCase();
  if (name !== undefined && (isLoopback(name) || allowed.has(name))) return;
  throw new Refusal('HOST_REFUSED', 'this node is not asked under this name', {
    next: 'use its address, or start it with that name',
  });
}

function isLoopback(name: string): boolean {
  if (name === 'localhost' || name === '[::1]') return true;
  return isIPv4(name) && name.startsWith('127.');
}

/**
 * What changes something must come from the node's own pages when a browser sends it (H16). A
 * request without a cookie is of a program, which says itself what it has access by.
 */
function assertOwnOrigin(request: FastifyRequest): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isOurs = origin === undefined ? site === 'same-origin' : isOwn(request, origin);
  if (isOurs) return;
  const isBrowser = origin !== undefined || site !== undefined;
  if (request.caller?.via !== 'cookie' && !isBrowser) return;
  throw new Refusal('ORIGIN_REFUSED', 'this request comes from another site', {
    next: 'send it from the console, or with a token',
  });
}

/** Whether an origin has the host that the request was sent to; TLS may end at a proxy. */
function isOwn({ headers }: FastifyRequest, origin: string): boolean {
  const [, host] = /^https?:\/\/([^/\s]+)$/i.exec(origin) ?? [];
  return host !== undefined && host.toLowerCase() === headers.host?.toLowerCase();
}

function signInRequired(): Refusal {
  return new Refusal('SIGN_IN_REQUIRED', 'this node answers only whoever has signed in', {
    next: 'sign in; a program brings a token: authorization: Bearer …',
  });
}
