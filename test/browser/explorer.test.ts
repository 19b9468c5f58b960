/**
 * Overview, blocks and transactions in a real browser: what they show is what the ledger has, and
 * what they call verified was verified there. It must never reach behind the page.
 */

import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseBundle, verify } from '../../src/client/client.ts';
import {
  axeFindings,
  hasBrowser,
  isTooWide,
  launchBrowser,
  openViewer,
  shoot,
  WIDTHS,
} from './support/browser.ts';
import { enter, go, open, settled } from './support/console.ts';
import { type RunningNode, startSalesNode } from './support/node.ts';

const SALES = 130;

describe.skipIf(!hasBrowser())('the explorer', () => {
  let node: RunningNode;
  let browser: Browser;
  let page: Page;
  let problems: readonly string[];

  beforeAll(async () => {
    [node, browser] = await Promise.all([startSalesNode(), launchBrowser()]);
    for (let sale = 0; sale < SALES; sale += 1) await record(node, sale);
    await record(node, 0, -1n).catch(() => {});
    ({ page, problems } = await openViewer(browser));
    await enter(page, node.link, 'Mary Baker');
  });
  afterAll(async () => {
    await browser?.close();
    await node?.stop();
  });

  test('overview: the stick of the last blocks, and a new block slides in (H32)', async () => {
    await open(page, `${node.url}/`);
    const stick = page.getByRole('list', { name: 'The last blocks' });
    const { head } = await node.owner.info();
    await stick.getByRole('link', { name: `Block ${head.height},` }).waitFor();
    await record(node, 1);
    await stick.getByRole('link', { name: `Block ${head.height + 1},` }).waitFor();
    await shoot(page, 'overview');
    await stick.getByRole('link', { name: `Block ${head.height + 1},` }).click();
    await page.getByRole('heading', { level: 1, name: `Block ${head.height + 1}` }).waitFor();
  });

  test('blocks: more come by scrolling; new ones wait behind a button', async () => {
    await go(page, 'Blocks');
    const table = page.getByRole('table', { name: 'Blocks, newest first' });
    await shoot(page, 'blocks');
    const genesis = table.getByRole('link', { name: '0', exact: true });
    while (!(await genesis.isVisible())) {
      await page.keyboard.press('End');
      await page.waitForTimeout(50);
    }
    await page.keyboard.press('Home');
    const first = await table.getByRole('row').nth(1).innerText();
    await record(node, 2);
    const fresh = page.getByRole('button', { name: '1 new' });
    await fresh.waitFor();
    expect(await table.getByRole('row').nth(1).innerText()).toContain(first.split('\t')[0]);
    await fresh.click();
    const { head } = await node.owner.info();
    await table
      .getByRole('link', { name: head.height.toLocaleString('en'), exact: true })
      .waitFor();
  });

  test('a block is verified in this browser: id, roots and seal', async () => {
    await open(page, `${node.url}/blocks/1`);
    const header = page.getByRole('region', { name: 'Header' });
    expect(await header.innerText()).toContain('verified in this browser');
    await shoot(page, 'block');
  });

  test('a block that the node has changed is not called verified', async () => {
    const { page: other } = await openViewer(browser);
    await enter(other, await node.invite('Doubting Tom'), 'Doubting Tom');
    await other.route('**/v1/blocks/1', async (route) => {
      const answer = await route.fetch();
      const block = await answer.json();
      await route.fulfill({ response: answer, json: { ...block, time: block.time + 1000 } });
    });
    await open(other, `${node.url}/blocks/1`);
    const header = await other.getByRole('region', { name: 'Header' }).innerText();
    expect(header).toContain('does not verify');
    expect(header).toContain('What is shown is not what the header says');
    await other.context().close();
  });

  test('transactions: filtered by outcome, contract, method and sender', async () => {
    await go(page, 'Transactions');
    await shoot(page, 'transactions');
    await page.getByRole('button', { name: 'Refused' }).click();
    await settled(page);
    const rows = page.getByRole('table').getByRole('row');
    expect(await rows.count()).toBe(2);
    expect(await rows.nth(1).innerText()).toContain('PRICE_NEGATIVE');
    expect(page.url()).toContain('refused=true');
    await open(page, `${node.url}/transactions?contract=identity&method=admit`);
    expect(await rows.nth(1).innerText()).toContain('identity.admit');
  });

  test('a transaction draws its path to the seal, verified here; the bundle holds elsewhere', async () => {
    await open(page, `${node.url}/transactions?contract=sales`);
    await page.getByRole('table').getByRole('row').nth(9).getByRole('link').first().click();
    const proof = page.getByRole('region', { name: 'Proof' });
    await proof.getByText('verified in this browser').waitFor();
    for (const check of ['Transaction', 'Receipt', 'Seal']) {
      expect(await proof.innerText()).toContain(check);
    }
    await shoot(page, 'transaction');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download proof' }).click(),
    ]);
    const bundle = readFileSync(await download.path());
    expect((await verify(bundle, await node.owner.chain())).ok).toBe(true);
    expect(parseBundle(bundle).anchor).toBeNull();

    await proof.getByRole('switch', { name: /Lead to the last block/ }).check();
    await proof.getByText('History', { exact: true }).waitFor();
    await proof.getByText('verified in this browser').waitFor();
    await page.getByRole('button', { name: 'Open receipt' }).click();
    await page.getByRole('dialog', { name: 'Receipt' }).getByText('accepted').waitFor();
    await shoot(page, 'receipt');
    await page.keyboard.press('Escape');
  });

  test('a good proof of another transaction is not taken', async () => {
    const { page: other } = await openViewer(browser);
    await enter(other, await node.invite('Careful Carla'), 'Careful Carla');
    const { items } = await node.owner.transactions({ contract: 'sales', limit: 2 });
    const [wanted, given] = items.map(({ id }) => id);
    await other.route(`**/v1/transactions/${wanted}/proof*`, async (route) => {
      await route.fulfill({
        contentType: 'application/vnd.tallystick.proof',
        body: Buffer.from(await node.owner.transactionBundle(String(given))),
      });
    });
    await open(other, `${node.url}/transactions/${wanted}`);
    const proof = other.getByRole('region', { name: 'Proof' });
    await proof.getByText('does not verify').waitFor();
    await other.context().close();
  });

  test('the keyboard: / searches, g goes, j k and Enter walk the rows, ? helps', async () => {
    await open(page, `${node.url}/`);
    await page.keyboard.press('/');
    await page.getByPlaceholder('A height, an id').fill('7');
    await page.getByText('Block 7', { exact: true }).waitFor();
    await shoot(page, 'search');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Block 7' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.getByRole('heading', { level: 1, name: 'Blocks' }).waitFor();
    await settled(page);
    for (const key of ['j', 'j', 'k', 'j', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('region', { name: 'Header' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await shoot(page, 'keys');
    await page.keyboard.press('Escape');
  });

  test('a node that goes away is said to be away, and what was seen stays', async () => {
    await open(page, `${node.url}/blocks`);
    await page.context().setOffline(true);
    await page.getByText('This computer is offline').waitFor();
    expect(await page.getByRole('table').getByRole('row').count()).toBeGreaterThan(10);
    await page.context().setOffline(false);
    await page.getByText('This computer is offline').waitFor({ state: 'detached' });
  });

  test('errors name their code and the way out', async () => {
    await open(page, `${node.url}/transactions/0x${'00'.repeat(32)}`);
    expect(await page.getByRole('alert').first().innerText()).toContain('NOT_FOUND');
    await shoot(page, 'error');
    await open(page, `${node.url}/no/such/page`);
  });

  test.each([
    ...[
      '/',
      '/blocks',
      '/blocks/1',
      '/transactions',
      '/transactions/first',
      '/identity',
      '/access',
    ],
  ])('%s: axe finds nothing, in both schemes and at both widths', async (path) => {
    const { items } = await node.owner.transactions({ limit: 1 });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await open(page, `${node.url}${path.replace('first', items[0]?.id ?? '')}`);
        expect(await axeFindings(page)).toEqual([]);
        expect(await isTooWide(page)).toBe(false);
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('nothing was reported on the way: no error, no breach of the policy', () => {
    expect(problems).toEqual([]);
  });
});

async function record({ owner }: RunningNode, sale: number, price = 350n): Promise<void> {
  const args = { product: 'bread', price, quantity: 1 + (sale % 9), time: Date.UTC(2026, 10, 22) };
  await owner.transact([{ contract: 'sales', method: 'record', args }]);
}
