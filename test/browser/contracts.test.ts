/**
 * Contracts in a real browser: a form, what is signed, what became of it; a table with filters and
 * order; a row with its proof and its history. It must never reach behind the page.
 */

import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeHex, parseEnvelope, verify } from '../../src/client/client.ts';
import { hasBrowser, launchBrowser, openViewer, type Viewer } from './support/browser.ts';
import { checkPage } from './support/check-page.ts';
import { enter, go, open, settled } from './support/console.ts';
import { type RunningNode, startSalesNode } from './support/node.ts';

const SCRIPT = '<img src=x onerror="window.stolen=1">';

describe.skipIf(!hasBrowser())('contracts', () => {
  let node: RunningNode;
  let browser: Browser;
  let viewer: Viewer;
  let page: Page;

  beforeAll(async () => {
    [node, browser] = await Promise.all([startSalesNode(), launchBrowser()]);
    viewer = await openViewer(browser);
    page = viewer.page;
    await enter(page, node.link, 'Mary Baker');
  });
  afterAll(async () => {
    await browser?.close();
    await node?.stop();
  });

  const form = (): string => `${node.url}/contracts/sales/methods/record`;
  const table = (): string => `${node.url}/contracts/sales/tables/sale`;

  test('the contracts of the ledger, with how many rows each table has', async () => {
    await go(page, 'Contracts');
    const sales = page.locator('section', { hasText: 'closeDay' }).first();
    await sales.getByText('13 rows').waitFor();
    await settled(page);
    await checkPage(page, 'contracts');
    await page.getByRole('link', { name: 'sales', exact: true }).click();
    await page.getByText('closedDaysHoldEverything').waitFor();
    await settled(page);
    await checkPage(page, 'contract');
  });

  test('a form says at the field what the ledger would say, and signs nothing until then', async () => {
    await open(page, form());
    await page.getByLabel('Product').fill('b'.repeat(81));
    await page.getByLabel('Price').fill('1.455');
    await page.getByLabel('Quantity').fill('0');
    await page.keyboard.press('Control+Enter');
    const faults = await page.locator('.mantine-InputWrapper-error').allInnerTexts();
    expect(faults).toHaveLength(3);
    expect(faults.join('\n')).toMatch(/80 characters[\s\S]*at most 2 decimals[\s\S]*1 to/);
    expect(await page.getByText('when every argument is right').count()).toBe(1);
    await settled(page);
    await checkPage(page, 'form-wrong');
  });

  test('what is signed is shown before, and is what the ledger has after', async () => {
    await open(page, form());
    await page.getByLabel('Product').fill('brioche');
    await page.getByLabel('Time', { exact: true }).fill('2026-02-03T08:30');
    await page.getByLabel('Price').fill('6.50');
    await page.getByLabel('Quantity').fill('2');
    const review = page.locator('section', { hasText: 'What I sign' }).last();
    for (const says of [
      'sales.record',
      'brioche',
      '2026-02-03',
      '6.50',
      'not given',
      'Mary Baker',
    ]) {
      expect(await review.innerText()).toContain(says);
    }
    const shown = await page.getByTestId('transaction-id').innerText();
    await settled(page);
    await checkPage(page, 'form');

    const sent = page.waitForRequest((request) => request.url().includes('/v1/transactions'));
    await page.keyboard.press('Control+Enter');
    const envelope = parseEnvelope((await sent).postDataBuffer() ?? new Uint8Array());
    expect(encodeHex(envelope.id)).toBe(shown);
    await page.getByText('Final in').waitFor();
    const steps = page.getByRole('list', { name: 'Progress' }).getByRole('listitem');
    const each = [0, 1, 2, 3].map((at) => steps.nth(at).getAttribute('data-state'));
    expect(await Promise.all(each)).toEqual(['done', 'done', 'done', 'done']);
    await settled(page);
    await checkPage(page, 'form-final');

    await page.getByRole('link', { name: 'Open the transaction' }).click();
    await page.getByText('verified in this browser').waitFor();
    expect(page.url()).toContain(shown);
  });

  test('what the contract refuses is on the ledger with its code, and the form is as it was', async () => {
    await open(page, form());
    await page.getByLabel('Product').fill(SCRIPT);
    await page.getByLabel('Price').fill('-1');
    await page.getByLabel('Quantity').fill('1');
    await page.keyboard.press('Control+Enter');
    await page.getByText('PRICE_NEGATIVE').waitFor();
    await page.getByText('A price is not negative.').waitFor();
    await settled(page);
    await checkPage(page, 'form-refused');
    await page.getByRole('button', { name: 'Correct it' }).click();
    expect(await page.getByLabel('Product').inputValue()).toBe(SCRIPT);
  });

  test('T12: a lost answer is asked for again with the same bytes, and happens once', async () => {
    await open(page, form());
    await page.getByLabel('Product').fill('lost croissant');
    await page.getByLabel('Price').fill('1.30');
    await page.getByLabel('Quantity').fill('1');
    const bodies: string[] = [];
    await page.route('**/v1/transactions*', async (route) => {
      const request = route.request();
      if (request.method() !== 'POST') return route.continue();
      bodies.push(request.postDataBuffer()?.toString('hex') ?? '');
      // The first request is lost on the way there, the answer to the second on the way back.
      if (bodies.length > 2) return route.continue();
      if (bodies.length === 2) await route.fetch();
      return route.abort();
    });
    await page.keyboard.press('Control+Enter');
    await page.getByText('Final in').waitFor();
    await page.unroute('**/v1/transactions*');
    expect(bodies.length).toBeGreaterThan(1);
    expect(new Set(bodies).size).toBe(1);
    await open(page, `${table()}?where=${encodeURIComponent('["product:eq:lost croissant"]')}`);
    expect(await page.locator('tr[data-index]').count()).toBe(1);
  });

  test('rows are filtered and ordered, and the address says how', async () => {
    await open(page, table());
    await page.keyboard.press('f');
    const filter = page.getByRole('dialog');
    await filter.getByRole('combobox', { name: 'Column' }).click();
    await page.getByRole('option', { name: 'Quantity' }).click();
    await filter.getByRole('combobox', { name: 'Comparison' }).click();
    await page.getByRole('option', { name: 'at least' }).click();
    await filter.getByLabel('Value').fill('4');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove the filter: Quantity at least 4' }).waitFor();
    await page.getByRole('button', { name: 'Price: order by it' }).click();
    await lines(page, 5);
    const prices = await page.locator('tr[data-index] td:nth-child(4)').allInnerTexts();
    expect(prices).toEqual(['1.30', '1.30', '1.45', '1.45', '3.60']);
    expect(page.url()).toContain('order=price');
    expect(await page.getByRole('columnheader', { name: 'Price' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
    await settled(page);
    await checkPage(page, 'table');
    await page.reload();
    await lines(page, 5);
  });

  test('a row is proved here, with its history, and its bundle holds elsewhere', async () => {
    await open(page, table());
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog');
    await panel.getByText('verified in this browser').waitFor();
    await panel.getByText('show the path').click();
    await panel.getByText('state root').waitFor();
    await panel.getByRole('tab', { name: 'History' }).click();
    await panel.getByText('Inserted').waitFor();
    await settled(page);
    await checkPage(page, 'row');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: /^Proof/ }).click(),
    ]);
    const bundle = new Uint8Array(readFileSync(await download.path()));
    const info: { chain: string } = await page.evaluate(
      `fetch('/v1/ledger').then((answer) => answer.json())`,
    );
    expect((await verify(bundle, info.chain)).ok).toBe(true);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  test('a key that is not there is proved to be absent', async () => {
    await open(page, table());
    await page.getByLabel('Open the row with the key id').fill('no such sale');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog');
    await panel.getByText('There is no such row.').waitFor();
    await panel.getByText('verified in this browser').waitFor();
    await settled(page);
    await checkPage(page, 'row-absent');
  });

  test('rows that come meanwhile wait behind a button, and nothing moves', async () => {
    await open(page, table());
    const first = await page.locator('tr[data-index="0"]').innerText();
    const other = await page.context().newPage();
    await open(other, form());
    await other.getByLabel('Product').fill(SCRIPT);
    await other.getByLabel('Price').fill('1');
    await other.getByLabel('Quantity').fill('1');
    await other.keyboard.press('Control+Enter');
    await other.getByText('Final in').waitFor();
    await other.close();
    const fresh = page.getByRole('button', { name: '1 new' });
    await fresh.waitFor();
    expect(withoutAge(await page.locator('tr[data-index="0"]').innerText())).toBe(
      withoutAge(first),
    );
    await fresh.click();
    await page.getByText(SCRIPT).first().waitFor();
    expect(await page.evaluate('window.stolen')).toBeUndefined();
    expect(viewer.problems).toEqual([]);
  });
});

async function lines(page: Page, count: number): Promise<void> {
  await page.locator(`tr[data-index="${count - 1}"]`).waitFor();
  await page.locator(`tr[data-index="${count}"]`).waitFor({ state: 'detached' });
}

function withoutAge(text: string): string {
  return text.replace(/\t[^\t]*$/, '');
}
