/**
 * The console's own files: pages for anyone, nothing of the ledger in them (H10).
 * It must never answer outside its folder, nor let a page be kept longer than its version.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../bytes/refusal.ts';
import type { App } from '../server/app.ts';
import { answerUnknown } from '../server/errors.ts';

const PAGE = 'index.html';
/** The bundler names these by their content. */
const ASSETS = /[\\/]assets[\\/]/;
/** The one path of the plug-in that serves them. */
const ANY_FILE = '/*';
const YEAR_SECONDS = 31_536_000;

/** Throws CONFIG_INVALID where no console was built. */
export async function serveConsole(app: App, folder: string): Promise<void> {
  const root = path.resolve(folder);
  if (!existsSync(path.join(root, PAGE))) {
    throw new Refusal('CONFIG_INVALID', `there is no console in ${folder}`, {
      next: 'build it: npm run build:web',
    });
  }
  app.addHook('onRoute', (route) => {
    if (route.url === ANY_FILE) route.config = { ...route.config, access: 'anyone' };
  });
  await app.register(fastifyStatic, {
    root,
    preCompressed: true,
    dotfiles: 'deny',
    cacheControl: false,
    setHeaders(reply, file) {
      reply.header(
        'cache-control',
        ASSETS.test(file) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
      );
    },
  });
}

/** Paths of the console are its own: whatever page is asked for, it is this one that shows it. */
export function answerPage(app: App, request: FastifyRequest, reply: FastifyReply): unknown {
  const { method, url, headers } = request;
  const isApi = /^\/(?:v1|health|ready|metrics)(?:[/?]|$)/.test(url);
  const wantsPage = (headers.accept ?? '').includes('text/html');
  const isRead = method === 'GET' || method === 'HEAD';
  if (isApi || !wantsPage || !isRead) return answerUnknown(app, request, reply);
  return reply.sendFile(PAGE);
}
