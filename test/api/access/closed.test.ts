/** Everything is closed but what says that it is open: every path, also those of plug-ins. */

import { expect, test } from 'vitest';
import { Access } from '../../../src/api/access/access.ts';
import { compose } from '../../../src/api/compose.ts';
import { SERVER_LIMITS } from '../../../src/api/guard/limits.ts';
import { createLog } from '../../../src/api/log.ts';
import { createApp } from '../../../src/api/server/app.ts';
import type { Ledger } from '../../../src/node/ledger.ts';
import { viewOf } from '../../../src/node/view/view.ts';
import { testLedger } from '../../../src/sim/testing.ts';
import { shop } from '../world.ts';

const OPEN =
  /^(?:\/health|\/ready|\/v1\/openapi\.json|\/v1\/docs(?:\/.*)?|\/v1\/session\/challenge)$/;

test('every path but those for anyone answers a stranger with 401 (H10, H18)', async () => {
  const { ledger, close } = await testLedger({ contracts: [shop] });
  const log = createLog('silent');
  const view = viewOf(ledger as unknown as Ledger);
  const access = new Access({
    ledger: ledger as unknown as Ledger,
    view,
    file: null,
    now: Date.now,
  });
  const app = createApp({ tls: null, bodyBytesMax: 1_000_000, limits: SERVER_LIMITS, log });
  const routes: { method: string; url: string }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const name of [method].flat()) routes.push({ method: name, url });
  });
  const served = {
    ...{ ledger: ledger as unknown as Ledger, view, access, reports: [], application: null },
    ...{ version: '0', limits: SERVER_LIMITS, log, linkOf: (secret: string) => secret },
  };
  await compose(app, served, { isTls: false, names: [], pages: null });
  await app.ready();
  expect(routes.length).toBeGreaterThan(30);
  const closed: string[] = [];
  for (const { method, url } of routes) {
    const isOpen = OPEN.test(url) || (method === 'POST' && url === '/v1/session');
    const path = url.replaceAll(/:\w+/g, 'x').replace('*', 'x');
    const answer = await app.inject({
      ...{ method: method as 'GET', url: path, headers: { host: 'localhost' } },
      ...(method === 'POST' ? { payload: {} } : {}),
    });
    const name = `${method} ${url}`;
    if (isOpen) expect([name, answer.statusCode]).not.toEqual([name, 401]);
    else expect([name, answer.statusCode]).toEqual([name, 401]);
    if (!isOpen) closed.push(name);
  }
  expect(closed).toContain('GET /metrics');
  expect(closed.length).toBeGreaterThan(25);
  await app.close();
  await close();
});
