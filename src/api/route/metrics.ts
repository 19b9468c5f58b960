/**
 * `/metrics`: figures of the node, for an administrator or a token made for it (H34).
 * It must never be open to a stranger: how much a ledger is used is its own business.
 */

import type { Registry } from 'prom-client';
import { z } from 'zod';
import { PROBLEMS } from '../schema/answers.ts';
import type { App } from '../server/app.ts';

export function metricsRoute(app: App, registry: Registry): void {
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { access: { kind: 'metrics' } },
    schema: {
      tags: ['node'],
      summary: 'Figures of the node (Prometheus)',
      response: {
        200: { description: 'Text', content: { 'text/plain': { schema: z.string() } } },
        ...PROBLEMS,
      },
    },
    handler: async (_request, reply) => {
      const text = await registry.metrics();
      return reply.type(registry.contentType).send(text);
    },
  });
}
