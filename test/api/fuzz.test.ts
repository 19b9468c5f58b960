/** A little of the fuzz of test/e2e/api-fuzz.test.ts: every operation, a few dozen requests. */

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAnswer, operationsOf, requestOf } from './fuzz.ts';
import { startNode, type TestNode } from './world.ts';

const RUNS = 25;

let node: TestNode;
beforeAll(async () => {
  node = await startNode({ limits: { visitorRequests: 1_000_000, memberRequests: 1_000_000 } });
});
afterAll(() => node.close());

test('whatever is sent to any operation is answered with the right code (H42, H10)', async () => {
  const operations = await operationsOf(node.ask);
  expect(operations.length).toBeGreaterThan(25);
  // Once: what is sent has failed sign-ins enough.
  const { token } = await node.member('admin', ['admin']);
  for (const operation of operations) {
    // A stream has no end, and nobody asks twice with a session that was signed out.
    if (operation.path === '/v1/events') continue;
    const requests = requestOf(operation, token);
    const property = fc.asyncProperty(requests, async (request) => {
      if (operation.path === '/v1/session' && operation.method === 'DELETE' && request.hasAccess)
        return;
      await checkAnswer(node, request);
    });
    await fc.assert(property, { numRuns: RUNS });
  }
  expect((await node.ask('GET', '/health')).body).toMatchObject({ status: 'ok' });
  expect(node.logged.filter((line) => line.includes('a mistake of ours'))).toEqual([]);
});
