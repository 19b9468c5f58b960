/** Proves that a node stops at once beside clients that keep connections open. */

import { connect as openSocket } from 'node:net';
import { expect, test } from 'vitest';
import { connect, createWallet } from '../../src/client/client.ts';
import { startNode } from '../api/world.ts';

test('a node stops within a second, whatever connections were opened and not used', async () => {
  const served = await startNode();
  const { account } = await createWallet();
  const node = connect(served.serving.url, { account });
  const { link } = served.serving.invite({ name: 'watcher', roles: ['reader'] });
  await node.signIn({ invite: new URL(link).hash.slice(1) });
  const socket = openSocket(Number(new URL(served.serving.url).port), '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const controller = new AbortController();
  const opened = Promise.withResolvers<void>();
  const watching = (async () => {
    const options = { signal: controller.signal, onState: () => opened.resolve() };
    for await (const message of node.watch(options)) expect(message).toBeUndefined();
  })();
  await opened.promise;
  const start = performance.now();
  await served.close();
  expect(performance.now() - start).toBeLessThan(1000);
  controller.abort();
  await watching;
  socket.destroy();
});
