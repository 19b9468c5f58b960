/** Proves that a client believes a node only what it can check, and never goes back. */

import { beforeAll, describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import { isRefusal, type Refusal } from '../../src/bytes/refusal.ts';
import type { HistoryMemory, SeenHistory } from '../../src/client/client.ts';
import { parseEnvelope } from '../../src/ledger/transaction.ts';
import { LedgerNode, shop, shopOf } from './support/ledger-node.ts';

type Shop = Awaited<ReturnType<typeof shopOf>>;

const TRUNK = ['a', 'b', 'c', 'd', 'e'];
let short: Shop;
let long: Shop;
/** The same owner and genesis, and the same first three blocks after it. */
let fork: Shop;
let foreign: Shop;

beforeAll(async () => {
  short = await shopOf(TRUNK.slice(0, 3));
  long = await shopOf(TRUNK);
  fork = await shopOf([...TRUNK.slice(0, 3), 'x', 'y', 'z']);
  foreign = await shopOf(TRUNK, 'another seed');
});

function idAt({ ledger }: Shop, height: number): string {
  const [envelope] = ledger.block(height).envelopes;
  if (envelope === undefined) throw new Error('assertion: a block with a transaction');
  return encodeHex(parseEnvelope(envelope).id);
}

async function refusalOf(node: LedgerNode, work: Promise<unknown>): Promise<Refusal> {
  const error = await node.world.run(
    work.then(
      (value) => value,
      (reason: unknown) => reason,
    ),
  );
  if (!isRefusal(error)) throw new Error(`not refused: ${error}`);
  return error;
}

describe('a proof that holds', () => {
  test('P23: of a transaction is given with its steps, and remembered', async () => {
    const node = new LedgerNode(long);
    const client = node.client({ chain: long.ledger.chain });
    const id = idAt(long, 2);
    const proved = await node.world.run(client.proveTransaction(id));
    expect(proved).toMatchObject({ height: 2, verdict: { ok: true } });
    expect(encodeHex(proved.transaction.id)).toBe(id);
    expect(proved.receipt.outcome.ok).toBe(true);
    expect(proved.verdict.checks.flatMap(({ steps }) => steps).length).toBeGreaterThan(5);
    expect(await client.seen()).toMatchObject({ size: long.ledger.head.height + 1 });
  });

  test('P23: of a row gives the row that was proved, by the columns of the contract', async () => {
    const node = new LedgerNode(long);
    const client = node.client();
    const at = new Date(long.ledger.tables.shop.item.get('c')?.at ?? 0).toISOString();
    const proved = await node.world.run(client.proveRow('shop', 'item', '"c"'));
    expect(proved.row).toEqual({ id: 'c', price: '4.50', at });
    const absent = await node.world.run(client.proveRow('shop', 'line', '["c",7]'));
    expect(absent.row).toBeNull();
    const typed = client.ledger([shop]).tables.shop.item;
    const { row, height } = await node.world.run(typed.prove('c'));
    expect({ row, height }).toEqual({
      row: long.ledger.tables.shop.item.get('c'),
      height: long.ledger.head.height,
    });
    const none = await node.world.run(client.ledger([shop]).tables.shop.line.prove(['c', 7]));
    expect(none.row).toBeNull();
  });

  test('P12: of a checkpoint, signed by the owner in genesis, continues the one before', async () => {
    const node = new LedgerNode(short);
    const client = node.client();
    const first = await node.world.run(client.checkpoint());
    node.test = long;
    const second = await node.world.run(client.checkpoint());
    expect([first.size, second.size]).toEqual([4, 6]);
    expect(await client.seen()).toEqual({ size: 6, root: encodeHex(second.root) });
  });

  test('P12: of many at once is checked against one history', async () => {
    const node = new LedgerNode(long);
    const client = node.client();
    const ids = [1, 2, 3, 4, 5].map((height) => idAt(long, height));
    const proved = await node.world.run(
      Promise.all([...ids.map((id) => client.proveTransaction(id)), client.checkpoint()]),
    );
    expect(proved).toHaveLength(6);
  });
});

describe('what a client does not believe', () => {
  test('P24: a bundle with any byte changed, and it says which check failed', async () => {
    const node = new LedgerNode(long);
    const client = node.client({ chain: long.ledger.chain });
    const id = idAt(long, 2);
    const bundle = await node.world.run(client.transactionBundle(id));
    for (let at = 0; at < bundle.length; at += 7) {
      node.tamper = (good) => good.with(at, (good[at] ?? 0) ^ 1);
      const { code, data } = await refusalOf(node, client.proveTransaction(id));
      expect({ at, code }).toEqual({ at, code: 'PROOF_INVALID' });
      expect(String(data.reason)).toMatch(
        /^(form|chain|genesis|header|signature|transaction|receipt|history|seal|subject)$/,
      );
    }
    node.tamper = (good) => good;
    expect(await node.world.run(client.proveTransaction(id))).toMatchObject({ height: 2 });
  });

  test('a good proof of something else than was asked', async () => {
    const node = new LedgerNode(long);
    const client = node.client();
    const other = await long.ledger.prove(idAt(long, 3), { anchor: true });
    const row = await long.ledger.tables.shop.item.prove('a');
    const { item } = client.ledger([shop]).tables.shop;
    for (const [bundle, work] of [
      [other, () => client.proveTransaction(idAt(long, 2))],
      [row, () => client.proveTransaction(idAt(long, 2))],
      [row, () => client.proveRow('shop', 'item', '"b"')],
      [row, () => item.prove('nobody')],
      [other, () => item.prove('a')],
    ] as const) {
      node.tamper = () => bundle;
      const { code, data } = await refusalOf(node, work());
      expect([code, data.reason]).toEqual(['PROOF_INVALID', 'subject']);
    }
  });

  test('a ledger that is not the pinned one, or not the first one seen', async () => {
    const node = new LedgerNode(foreign);
    const pinned = node.client({ chain: long.ledger.chain });
    expect((await refusalOf(node, pinned.checkpoint())).code).toBe('CHAIN_MISMATCH');
    node.test = long;
    const client = node.client();
    await node.world.run(client.checkpoint());
    node.test = foreign;
    const { code, data } = await refusalOf(node, client.proveTransaction(idAt(foreign, 2)));
    expect([code, data.reason]).toEqual(['PROOF_INVALID', 'chain']);
    const checkpoint = await refusalOf(node, client.checkpoint());
    expect([checkpoint.code, checkpoint.data.reason]).toEqual(['PROOF_INVALID', 'origin']);
  });

  test('P12: a history that is shorter than the one seen before, signed as it may be', async () => {
    const node = new LedgerNode(long);
    const client = node.client();
    await node.world.run(client.checkpoint());
    node.test = short;
    for (const work of [
      () => client.checkpoint(),
      () => client.proveTransaction(idAt(short, 1)),
      () => client.proveRow('shop', 'item', '"a"'),
    ]) {
      const { code, data } = await refusalOf(node, work());
      expect([code, data.reason, data.seen, data.shown]).toEqual([
        'PROOF_INVALID',
        'history',
        6,
        4,
      ]);
    }
    expect(await client.seen()).toMatchObject({ size: 6 });
  });

  test('P12: a history that forked from the one seen before, longer as it may be', async () => {
    const node = new LedgerNode(long);
    const client = node.client();
    await node.world.run(client.checkpoint());
    node.test = fork;
    expect(fork.ledger.chain).toBe(long.ledger.chain);
    expect(fork.ledger.block(3).id).toEqual(long.ledger.block(3).id);
    for (const work of [
      () => client.checkpoint(),
      () => client.proveTransaction(idAt(fork, 4)),
      // This one is on both branches, and yet the branch it is shown on is another.
      () => client.proveTransaction(idAt(fork, 1)),
      () => client.proveRow('shop', 'item', '"y"'),
    ]) {
      const { code, data } = await refusalOf(node, work());
      expect([code, data.reason]).toEqual(['PROOF_INVALID', 'history']);
    }
  });

  test('P12: a last block that is another than the one seen at its height', async () => {
    const [one, other] = [await shopOf(['a', 'b']), await shopOf(['a', 'c'])];
    const node = new LedgerNode(one);
    const client = node.client();
    await node.world.run(client.proveTransaction(idAt(one, 2)));
    node.test = other;
    const { code, data } = await refusalOf(node, client.proveTransaction(idAt(other, 2)));
    expect([code, data.reason]).toEqual(['PROOF_INVALID', 'history']);
  });

  test('P14: a consistency that does not lead from the one to the other', async () => {
    const node = new LedgerNode(short);
    const client = node.client();
    await node.world.run(client.checkpoint());
    node.test = long;
    for (const path of [[], [new Uint8Array(32)], [new Uint8Array(31)]]) {
      node.path = path;
      const { code } = await refusalOf(node, client.checkpoint());
      expect(code).toBe(path[0]?.length === 31 ? 'SERVER_INVALID' : 'PROOF_INVALID');
    }
    expect(await client.seen()).toMatchObject({ size: 4 });
  });
});

describe('a checkpoint that was kept', () => {
  test('P12: is shown to be continued, or is not', async () => {
    const node = new LedgerNode(short);
    const kept = await node.world.run(node.client().checkpoint());
    const same = await node.world.run(node.client().proveHistory(kept));
    node.test = long;
    const later = await node.world.run(node.client().proveHistory(kept));
    expect([kept.size, same.size, later.size]).toEqual([4, 4, 6]);
    node.test = fork;
    expect((await node.world.run(node.client().proveHistory(kept))).size).toBe(7);
    for (const [test, reason] of [
      [short, 'history'],
      [fork, 'history'],
      [foreign, 'origin'],
    ] as const) {
      node.test = test;
      const { code, data } = await refusalOf(node, node.client().proveHistory(later));
      expect([code, data.reason]).toEqual(['PROOF_INVALID', reason]);
    }
    const { root } = kept;
    const forged = { ...kept, root: root.with(0, (root[0] ?? 0) ^ 1) };
    node.test = long;
    const { code } = await refusalOf(node, node.client().proveHistory(forged));
    expect(code).toBe('PROOF_INVALID');
  });
});

describe('the memory of what was seen', () => {
  test('outlives the client, and is one for each chain', async () => {
    const kept = new Map<string, SeenHistory>();
    const memory: HistoryMemory = {
      load: async (chain) => kept.get(chain),
      save: async (chain, seen) => {
        kept.set(chain, seen);
      },
    };
    const node = new LedgerNode(long);
    await node.world.run(node.client({ memory }).checkpoint());
    node.test = short;
    const { code } = await refusalOf(node, node.client({ memory }).checkpoint());
    expect(code).toBe('PROOF_INVALID');
    node.test = foreign;
    await node.world.run(node.client({ memory }).checkpoint());
    expect([...kept.keys()].sort()).toEqual([long.ledger.chain, foreign.ledger.chain].sort());
  });
});
