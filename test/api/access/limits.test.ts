/** Bounds on what is under way at once, and on whom a browser may be made to sign in as. */

import { describe, expect, test } from 'vitest';
import { Gate } from '../../../src/api/guard/gate.ts';
import { refusedBy } from '../../support/refused.ts';
import { codeOf, startNode } from '../world.ts';

describe('a gate', () => {
  test('lets so many through at once, so many wait in turn, and refuses the rest (H33)', async () => {
    const gate = new Gate(2, 2);
    const done: number[] = [];
    const leave: (() => void)[] = [];
    const passes = Array.from({ length: 5 }, (_, at) =>
      refusedBy(
        gate.pass(async () => {
          await new Promise<void>((resolve) => leave.push(resolve));
          done.push(at);
        }),
      ),
    );
    expect(await passes[4]).toMatchObject({ code: 'OVERLOADED' });
    expect(leave).toHaveLength(2);
    for (let step = 0; step < 4; step++) {
      leave[step]?.();
      await passes[step];
      await null;
    }
    expect(done).toEqual([0, 1, 2, 3]);
    await gate.pass(async () => done.push(9));
    expect(done).toEqual([0, 1, 2, 3, 9]);
  });

  test('goes on after work that failed (H33)', async () => {
    const gate = new Gate(1, 1);
    const failing = gate.pass(async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await gate.pass(async () => 7)).toBe(7);
  });
});

test('more requests under way than the node takes are 503, and then it takes them (H42)', async () => {
  const node = await startNode({ limits: { requestsMax: 3 } });
  try {
    const { ask } = await node.member('mary', ['reader']);
    const many = Array.from({ length: 40 }, () => ask('GET', '/v1/contracts?limit=500'));
    const answers = await Promise.all(many);
    const refused = answers.filter(({ status }) => status === 503);
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
    for (const answer of refused) {
      expect(codeOf(answer)).toBe('OVERLOADED');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    for (let at = 0; at < 10; at++) expect((await ask('GET', '/v1/ledger')).status).toBe(200);
    // A stream is not under way for as long as it is open.
    const controller = new AbortController();
    const { signal } = controller;
    const { token } = await node.member('nora', ['reader']);
    const headers = { authorization: `Bearer ${token}` };
    for (let at = 0; at < 5; at++) {
      const stream = await fetch(`${node.serving.url}/v1/events`, { headers, signal });
      expect(stream.status).toBe(200);
    }
    controller.abort();
  } finally {
    await node.close();
  }
});

test('no other site signs a browser in, nor asks for a challenge (H16)', async () => {
  const node = await startNode();
  try {
    const publicKey = `0x${'1'.repeat(64)}`;
    for (const origin of ['http://evil.example', 'null', `${node.serving.url}.evil.example`]) {
      const headers = { origin };
      const answer = await node.ask('POST', '/v1/session/challenge', {
        json: { publicKey },
        headers,
      });
      expect([origin, answer.status, codeOf(answer)]).toEqual([origin, 403, 'ORIGIN_REFUSED']);
    }
    const headers = { 'sec-fetch-site': 'cross-site' };
    const answer = await node.ask('POST', '/v1/session/challenge', {
      json: { publicKey },
      headers,
    });
    expect(codeOf(answer)).toBe('ORIGIN_REFUSED');
    const own = { headers: { origin: node.serving.url } };
    const good = await node.ask('POST', '/v1/session/challenge', { json: { publicKey }, ...own });
    expect(good.status).toBe(200);
    expect(good.headers.get('access-control-allow-origin')).toBeNull();
  } finally {
    await node.close();
  }
});
