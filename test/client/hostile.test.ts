/** Proves that whatever answers, a client ends with a value or with a refusal, and soon. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import sales from '../../apps/sales/contract.ts';
import { isRefusal } from '../../src/bytes/refusal.ts';
import { type Account, accountFromSeed, connect, signCalls } from '../../src/client/client.ts';
import { FakeWorld } from './support/fake-node.ts';

const CHAIN = `0x${'9f'.repeat(32)}`;
const mary: Account = await accountFromSeed(new Uint8Array(32).fill(2));
const calls = [{ contract: 'sales', method: 'record', args: {} }];
const { envelope } = await signCalls({ chain: CHAIN, calls }, mary);

const words = fc.constantFrom(
  ...['code', 'text', 'id', 'status', 'final', 'receipt', 'bytes', 'chain', 'genesis', 'path'],
  ...[
    'items',
    'next',
    'head',
    'height',
    '0x',
    '0x00',
    CHAIN,
    'NOT_FOUND',
    'OVERLOADED',
    '__proto__',
  ],
);
const leaf = fc.oneof(words, fc.integer(), fc.constant(null), fc.boolean(), fc.string());
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.dictionary(words, tie('tree'), { maxKeys: 6 }),
    fc.array(tie('tree'), { maxLength: 4 }),
  ),
}));

const body = fc.oneof(
  tree.map((value) => JSON.stringify(value) ?? ''),
  fc.uint8Array({ maxLength: 200 }),
  fc.string(),
);

const answers = fc.record({
  status: fc.constantFrom(
    200,
    201,
    202,
    204,
    301,
    400,
    401,
    403,
    404,
    409,
    422,
    429,
    500,
    502,
    503,
  ),
  type: fc.constantFrom(
    ...['application/json', 'application/problem+json', 'text/event-stream', 'text/html', ''],
    ...['application/vnd.tallystick.proof', 'text/plain', 'application/json; charset=utf-8'],
  ),
  retryAfter: fc.constantFrom(null, '1', '0', '-1', 'soon', '99999999999'),
  body,
});

/** Past the sign-in, or not. */
const access = fc.constantFrom({}, { token: 'abc' }, { token: 'abc', chain: CHAIN });

test('whatever answers, every method ends with a value or a refusal', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(answers, { minLength: 1, maxLength: 6 }),
      access,
      async (given, who) => {
        let at = 0;
        const world = new FakeWorld(() => {
          const { status, type, retryAfter, body } =
            given[at++ % given.length] ?? given[0] ?? fail();
          const headers = {
            ...(type === '' ? {} : { 'content-type': type }),
            ...(retryAfter === null ? {} : { 'retry-after': retryAfter }),
          };
          const content = typeof body === 'string' ? body : new Uint8Array(body);
          return new Response(status === 204 ? null : content, { status, headers });
        });
        const node = connect('https://node.example', { account: mary, world, ...who });
        const { sale } = node.ledger([sales]).tables.sales;
        const work: readonly (() => Promise<unknown>)[] = [
          () => node.info(),
          () => node.health(),
          () => node.ready(),
          () => node.metrics(),
          () => node.rows('sales', 'sale', { limit: 3 }),
          () => node.submit(envelope, { giveUpAfterMs: 2000 }),
          () => node.proveTransaction(CHAIN),
          () => node.proveRow('sales', 'sale', '"x"'),
          () => node.checkpoint(),
          () => node.transact(calls, { giveUpAfterMs: 2000 }),
          () => firstOf(node.watch({ signal: ended(world) })),
          () => firstOf(sale.rows()),
          () => firstOf(sale.history('x')),
          () => sale.get('x'),
          () => sale.prove('x'),
          () => firstOf(node.watch({ after: '7', signal: ended(world) })),
        ];
        for (const one of work) {
          const outcome = await world.run(
            one().then(
              () => null,
              (error: unknown) => error,
            ),
          );
          expect([outcome, outcome === null || isRefusal(outcome)]).toEqual([outcome, true]);
        }
      },
    ),
    { numRuns: 200 },
  );
});

/** Ends a watch, which would try again for ever. */
function ended(world: FakeWorld): AbortSignal {
  const controller = new AbortController();
  void world.wait(3000).then(() => controller.abort());
  return controller.signal;
}

async function firstOf(messages: AsyncGenerator<unknown>): Promise<unknown> {
  for await (const message of messages) return message;
  return null;
}

function fail(): never {
  throw new Error('assertion: there is an answer');
}
