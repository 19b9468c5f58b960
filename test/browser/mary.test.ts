/**
 * What Mary does on her first day, in a real browser: she enters by the link, records a sale, finds
 * it in the day's report, opens it, sees its proof verified, takes the proof with her, and sees
 * what one changed byte does to it. It must never reach behind the page.
 */

import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, openViewer } from './support/browser.ts';
import { enter, go, settled } from './support/console.ts';
import { type RunningNode, startSalesNode } from './support/node.ts';

describe.skipIf(!hasBrowser())('Mary', () => {
  let node: RunningNode;
  let browser: Browser;

  beforeAll(async () => {
    [node, browser] = await Promise.all([startSalesNode(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await node?.stop();
  });

  test('records a sale, and holds a proof of it that cannot be bent', async () => {
    const { page, problems } = await openViewer(browser);
    await enter(page, node.link, 'Mary Baker');

    // She records a sale, after reading what she signs.
    await go(page, 'Contracts');
    await page.getByRole('link', { name: 'sales', exact: true }).first().click();
    await page
      .getByRole('link', { name: /^record/ })
      .first()
      .click();
    await settled(page);
    await page.getByRole('textbox', { name: 'product' }).fill('sourdough');
    await page.getByRole('textbox', { name: 'price' }).fill('4.80');
    await page.getByRole('textbox', { name: 'quantity' }).fill('3');
    await page.getByRole('button', { name: 'Now, for time' }).click();
    const review = page.locator('section', { hasText: 'What I sign' }).last();
    expect(await review.innerText()).toContain('Mary Baker');
    await page.getByRole('button', { name: 'Sign and send' }).click();
    await page.getByText('Final in').waitFor();

    // It is in the report of the day, today's being the newest.
    await go(page, 'Reports');
    const products = page.locator('section', { hasText: 'Quantity per product' }).first();
    await products.getByText('sourdough').waitFor();
    expect(await products.innerText()).toMatch(/sourdough\s+3\s+14\.40/);
    const days = page.locator('section', { hasText: 'Performance per day' }).first();
    expect(await days.innerText()).toMatch(/open\s+1\s+3\s+14\.40/);

    // She opens it and watches the proof.
    await go(page, 'Transactions');
    await page.getByRole('link', { name: /^0x/ }).first().click();
    await settled(page);
    const proof = page.locator('section', { hasText: 'verified in this browser' }).first();
    await proof.waitFor();
    expect(await page.getByText('sourdough').count()).toBeGreaterThan(0);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download proof' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.tally-proof$/);
    const bundle = readFileSync(await download.path());

    // She drops it on the checker, as it is and with one byte changed.
    await go(page, 'Proof checker');
    const drop = (bytes: Buffer, name: string): Promise<void> =>
      page
        .getByTestId('proof-file')
        .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: bytes });
    await drop(bundle, 'sale.tally-proof');
    await page.getByRole('status').getByText('Proved, on sales').waitFor();
    const bent = Buffer.from(bundle);
    const at = bent.indexOf('sourdough');
    expect(at).toBeGreaterThan(0);
    bent[at] = 0x53;
    await drop(bent, 'bent.tally-proof');
    await page.getByText('Not proved: the check “signature” failed').waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
