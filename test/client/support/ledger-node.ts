/**
 * A node over a ledger in memory that answers what proofs need, and can be told to lie: to show
 * another ledger, an older one, or bytes that it changed.
 */

import { contractView } from '../../../src/api/view/contract.ts';
import { encodeHex } from '../../../src/bytes/hex.ts';
import { connect, type HistoryMemory, type NodeClient } from '../../../src/client/client.ts';
import { contract, t, table } from '../../../src/contract/contract.ts';
import { consistencyPath, leafHash, treeLevels } from '../../../src/ledger/merkle/tree.ts';
import { parseBundle } from '../../../src/ledger/proof/bundle.ts';
import { parseEnvelope } from '../../../src/ledger/transaction.ts';
import { type TestLedger, testLedger } from '../../../src/sim/testing.ts';
import { FakeWorld, json, problem } from './fake-node.ts';

export const shop = contract({
  name: 'shop',
  tables: {
    item: table({ key: 'id', columns: { id: t.text(), price: t.money(2), at: t.time() } }),
    line: table({ key: ['item', 'n'], columns: { item: t.ref('item'), n: t.uint() } }),
  },
  methods: (method) => ({
    add: method({ id: t.text(), price: t.money(2) }, (ctx, item) =>
      ctx.item.insert({ ...item, at: ctx.time }),
    ),
    order: method({ item: t.ref('item'), n: t.uint() }, (ctx, line) => ctx.line.insert(line)),
  }),
});

type Shop = TestLedger<readonly [typeof shop]>;

export class LedgerNode {
  /** Which ledger it shows now. */
  test: Shop;
  /** Changes a bundle on its way out. */
  tamper: (bundle: Uint8Array) => Uint8Array = (bundle) => bundle;
  /** Answers the consistency with these hashes instead. */
  path: readonly Uint8Array[] | null = null;
  readonly world: FakeWorld = new FakeWorld(({ path }) => this.#answer(path));

  constructor(test: Shop) {
    this.test = test;
  }

  client(options: { memory?: HistoryMemory; chain?: string } = {}): NodeClient {
    return connect('https://node.example', { token: 'abc', world: this.world, ...options });
  }

  async #answer(path: string): Promise<Response> {
    const { ledger } = this.test;
    const url = new URL(path, 'https://node.example');
    const [, , kind, ...rest] = url.pathname.split('/').map(decodeURIComponent);
    if (kind === 'ledger') {
      const bundle = parseBundle(await ledger.prove(await this.#anyId(), {}));
      return json({ chain: ledger.chain, genesis: encodeHex(bundle.genesis) });
    }
    if (kind === 'checkpoint') {
      return new Response(await ledger.checkpoint(), { headers: { 'content-type': 'text/plain' } });
    }
    if (kind === 'consistency') return json({ path: this.#path(url.searchParams).map(encodeHex) });
    if (kind === 'transactions') return this.#bundle(ledger.prove(rest[0] ?? '', { anchor: true }));
    if (kind === 'contracts' && rest.length === 1) return json(contractView(shop));
    const [, , tableName = '', , key = ''] = rest;
    const table = ledger.tables.shop[tableName as 'item'];
    return this.#bundle(table.prove(JSON.parse(key)));
  }

  async #bundle(work: Promise<Uint8Array>): Promise<Response> {
    try {
      const headers = { 'content-type': 'application/vnd.tallystick.proof' };
      return new Response(new Uint8Array(this.tamper(await work)), { headers });
    } catch {
      return problem('NOT_FOUND', 404);
    }
  }

  #path(query: URLSearchParams): readonly Uint8Array[] {
    if (this.path !== null) return this.path;
    const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
    const ids = Array.from({ length: to }, (_, height) => this.test.ledger.block(height).id);
    return consistencyPath(treeLevels(ids.map(leafHash)), from);
  }

  /** Some transaction of the ledger. */
  async #anyId(): Promise<string> {
    const { ledger } = this.test;
    const [first] = ledger.block(1).envelopes;
    if (first === undefined) throw new Error('assertion: block 1 has a transaction');
    return encodeHex(parseEnvelope(first).id);
  }
}

/** A ledger with one item for each id, a block each. The same ids give the same blocks. */
export async function shopOf(ids: readonly string[], seed?: string): Promise<Shop> {
  const test = await testLedger({ contracts: [shop], ...(seed === undefined ? {} : { seed }) });
  for (const id of ids) await test.ledger.shop.add({ id, price: 450n });
  return test;
}
