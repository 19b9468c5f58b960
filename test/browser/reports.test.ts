/**
 * Reports in a real browser: what Mary sees first, a query with its errors, its chart, its file,
 * its address. It must never reach behind the page.
 */

import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  axeFindings,
  hasBrowser,
  launchBrowser,
  openViewer,
  type Viewer,
} from './support/browser.ts';
import { checkPage } from './support/check-page.ts';
import { enter, go, open, settled } from './support/console.ts';
import { type RunningNode, startSalesNode } from './support/node.ts';

describe.skipIf(!hasBrowser())('reports', () => {
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

  test('the three reports of the sales application are drawn with what the ledger has', async () => {
    await go(page, 'Reports');
    const volume = page.locator('section', { hasText: 'Volume of sales' }).first();
    await volume.getByText('91.60').waitFor();
    expect(await volume.innerText()).toMatch(/13\s+Sales\s+43\s+Units/);
    const products = page.locator('section', { hasText: 'Quantity per product' }).first();
    expect(await products.innerText()).toMatch(/baguette\s+14\s+20\.30/);
    const days = page.getByRole('img', { name: 'Performance per day: Volume over Day' });
    expect(await days.locator('.recharts-bar-rectangle').count()).toBe(2);
    await settled(page);
    await checkPage(page, 'reports');
  });

  test('a query is completed, run with Ctrl+Enter, and stands in the address', async () => {
    const schema = page.waitForResponse('**/v1/sql/schema');
    await open(page, `${node.url}/reports/query`);
    await schema;
    const editor = page.getByRole('textbox', { name: 'SQL query' });
    await editor.click();
    await page.keyboard.type('select product, price, quantity from sal', { delay: 10 });
    await page.keyboard.press('Control+Space');
    await page.getByRole('option', { name: 'sale', exact: true }).waitFor();
    // A list that has just opened does not take Enter yet: it may be meant for the text.
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.keyboard.type(' order by price desc, product, id');
    await page.keyboard.press('Control+Enter');
    const answer = page.getByRole('table', { name: 'Answer' });
    await answer.waitFor();
    expect(await answer.locator('tbody tr').first().innerText()).toMatch(/brioche\s+6\.50\s+1/);
    expect(new URL(page.url()).searchParams.get('sql')).toContain('order by price desc');
    await settled(page);
    await checkPage(page, 'query');

    await page.reload();
    await answer.locator('tbody tr').first().waitFor();
    expect(await page.getByText('13 rows').count()).toBe(1);
  });

  test('a query that is wrong says where', async () => {
    const sql = 'select product\nfrom sale\nwhere colour = 1';
    await open(page, `${node.url}/reports/query?sql=${encodeURIComponent(sql)}`);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(
      /line 3, column 7: No such column: colour.*SQL_INVALID/,
    );
    expect(await page.locator('.cm-fault').innerText()).toBe('colour');
    expect(await axeFindings(page)).toEqual([]);
  });

  test('an answer that was cut says so, and gives more when asked', async () => {
    const many = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500)';
    const sql = `${many} select i from n`;
    await open(page, `${node.url}/reports/query?sql=${encodeURIComponent(sql)}`);
    await page.getByText('these are the first 1,000').waitFor();
    await page.getByRole('button', { name: 'Up to 10,000' }).click();
    await page.getByText('1,500 rows').waitFor();
    expect(await page.getByText('these are the first').count()).toBe(0);
  });

  test('parameters are asked for, and are values, never SQL', async () => {
    const sql = 'select count(*) as lines from sale where product = :product';
    await open(page, `${node.url}/reports/query?sql=${encodeURIComponent(sql)}`);
    await page.getByLabel(':product').fill("baguette' or '1' = '1");
    await page.getByRole('button', { name: 'Run' }).click();
    const answer = page.getByRole('table', { name: 'Answer' });
    await answer.waitFor();
    expect(await answer.locator('tbody').innerText()).toBe('0');
    await page.getByLabel(':product').fill('baguette');
    await page.keyboard.press('Enter');
    await answer.getByText('3', { exact: true }).waitFor();
    expect(page.url()).toContain('with=');
  });

  test('an answer is drawn as one asks for it, along the axes one chooses', async () => {
    await open(page, `${node.url}/reports/query?report=performance-per-day`);
    await page.getByText('Volume by day').waitFor();
    await page.getByRole('combobox', { name: 'What is drawn' }).click();
    await page.getByRole('option', { name: 'Units' }).click();
    await page.getByText('Units by day').waitFor();
    await page.getByText('line', { exact: true }).click();
    await page.locator('.recharts-line').waitFor();
    expect(new URL(page.url()).searchParams.get('show')).toBe('line');
    await settled(page);
    await checkPage(page, 'report');
    await page.getByText('table', { exact: true }).click();
    await page.locator('.recharts-line').waitFor({ state: 'detached' });
  });

  test('a CSV file is RFC 4180, keeps every digit, and runs no formula', async () => {
    const sql = `select '=1+1' as a, 'x, "y"' as b, price, -5 as c from sale where price = 650`;
    await open(page, `${node.url}/reports/query?sql=${encodeURIComponent(sql)}`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const text = readFileSync(await download.path(), 'utf8');
    expect(text).toBe(`a,b,price,c\r\n'=1+1,"x, ""y""",6.50,-5\r\n`);
    expect(viewer.problems).toEqual([]);
  });
});
