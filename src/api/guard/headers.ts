/**
 * Headers that every answer has: what a browser may do with it, whose request it was (H43, H16).
 * It must never allow a script that is not a file of the node's own.
 */

import helmet from '@fastify/helmet';
import type { App } from '../server/app.ts';

/** Styles may be inline: component libraries set them so. Scripts never. */
const DIRECTIVES = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

const PERMISSIONS = 'camera=(), geolocation=(), microphone=(), payment=(), usb=()';

export async function addHeaders(app: App, { isTls }: { readonly isTls: boolean }): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('permissions-policy', PERMISSIONS);
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES },
    crossOriginEmbedderPolicy: false,
    crossOriginResourcePolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    hsts: isTls ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });
  // What is the ledger's is kept by no browser and no proxy, unless a path says otherwise.
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}
