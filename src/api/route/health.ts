/**
 * `/health` and `/ready`: what a stranger, or whatever watches over the node, is told (H10).
 * It must never say anything of the ledger.
 */

import type { Health } from '../../client/wire.ts';
import { PROBLEMS } from '../schema/answers.ts';
import { health } from '../schema/common.ts';
import type { App } from '../server/app.ts';
import type { Served } from '../server/node.ts';

/** Waiting transactions at which a node counts as busy: some seconds of work. */
const BUSY_WAITING = 20_000;

export function healthRoutes(app: App, { view }: Served): void {
  app.route({
    method: 'GET',
    url: '/health',
    config: { access: 'anyone' },
    schema: { tags: ['node'], summary: 'Whether the node answers', response: { 200: health } },
    handler: async (): Promise<Health> => healthOf(view),
  });
  app.route({
    method: 'GET',
    url: '/ready',
    config: { access: 'anyone' },
    schema: {
      tags: ['node'],
      summary: 'Whether the node takes transactions',
      response: { 200: health, 503: health, ...PROBLEMS },
    },
    handler: async (_request, reply): Promise<Health> => {
      const found = healthOf(view);
      if (found.status === 'stopped') reply.code(503).header('retry-after', 10);
      return found;
    },
  });
}

/** In one sentence, and nothing that a stranger may not know. */
export function healthOf(view: Pick<Served['view'], 'stopped' | 'waiting'>): Health {
  const { stopped, waiting } = view;
  if (stopped?.code === 'LEDGER_CLOSED') {
    return { status: 'stopped', sentence: 'The node is stopping.' };
  }
  if (stopped !== undefined) {
    const sentence = 'The node takes no transactions until it is started again; reading goes on.';
    return { status: 'stopped', sentence };
  }
  if (waiting.count < BUSY_WAITING) return { status: 'ok', sentence: 'Everything works.' };
  return { status: 'busy', sentence: 'Transactions wait: the node takes them as fast as it can.' };
}
