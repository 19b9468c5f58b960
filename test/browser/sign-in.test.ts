/**
 * Getting in and out in a real browser: the one-time link, a returning key, signing out, keys that
 * are backed up, imported and deleted. It must never reach behind the page.
 */

import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, hasBrowser, launchBrowser, openViewer, shoot } from './support/browser.ts';
import { enter, go, open, settled } from './support/console.ts';
import { type RunningNode, startSalesNode } from './support/node.ts';

const PASSPHRASE = 'four words are good';

describe.skipIf(!hasBrowser())('getting in', () => {
  let node: RunningNode;
  let browser: Browser;

  beforeAll(async () => {
    [node, browser] = await Promise.all([startSalesNode(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await node?.stop();
  });

  test('a one-time link makes a key, signs in, and leaves the address bar (H15)', async () => {
    const { page, problems } = await openViewer(browser);
    await page.goto(node.link);
    await page.getByLabel('Your name').waitFor();
    expect(page.url()).toBe(`${node.url}/welcome`);
    await shoot(page, 'welcome');
    expect(await axeFindings(page)).toEqual([]);

    await page.getByLabel('Your name').fill('Mary Baker');
    await page.getByRole('button', { name: 'Make the key and sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'sales' }).waitFor();
    await go(page, 'Identity');
    const signedIn = page.getByRole('region', { name: 'Signed in' });
    expect(await signedIn.innerText()).toContain('admin');

    await go(page, 'Access');
    await page.getByRole('button', { name: 'Invite someone' }).click();
    const form = page.getByRole('dialog', { name: 'Invite someone' });
    await form.getByLabel('Name').fill('Petra Planner');
    await form.getByRole('button', { name: 'Make the link' }).click();
    const invited = await form.locator('code').innerText();
    expect(invited).toContain(`${node.url}/welcome#`);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('the link works once', async () => {
    const { page } = await openViewer(browser);
    await page.goto(node.link);
    await page.getByLabel('Your name').fill('Somebody Else');
    await page.getByRole('button', { name: 'Make the key and sign in' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('INVITE_INVALID');
    await page.context().close();
  });

  test('a key with a back-up: signed out, signed in again, imported into another browser', async () => {
    const { page } = await openViewer(browser);
    await page.goto(await node.invite('Anna Auditor'));
    await page.getByLabel('Your name').fill('Anna Auditor');
    await page.getByText('With an encrypted back-up').click();
    await page.getByLabel('Passphrase of the back-up').fill(PASSPHRASE);
    await page.getByLabel('Again').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Make the key and sign in' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the back-up' }).click(),
    ]);
    const backup = readFileSync(await download.path(), 'utf8');
    expect(backup).toContain('"cipher": "aes-256-gcm"');
    await page.getByRole('button', { name: 'Go to the ledger' }).click();
    await page.getByRole('navigation', { name: 'Console' }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await shoot(page, 'sign-in');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: /Anna Auditor/ }).click();
    await page.getByRole('navigation', { name: 'Console' }).waitFor();
    await page.context().close();

    const other = await openViewer(browser);
    await other.page.goto(`${node.url}/blocks`);
    await other.page.locator('input[type=file]').setInputFiles({
      ...{ name: 'anna.tally-key.json', mimeType: 'application/json' },
      buffer: Buffer.from(backup),
    });
    await other.page.getByLabel('Passphrase').fill(PASSPHRASE);
    await other.page.getByRole('button', { name: 'Import the key' }).click();
    await other.page.getByRole('heading', { level: 1, name: 'Blocks' }).waitFor();
    await other.page.context().close();
  });

  test('whoever is not signed in sees nothing of the ledger, and comes back to the page (H10)', async () => {
    const { page } = await openViewer(browser);
    await page.goto(`${node.url}/transactions?refused=true`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain('sales');
    await page.context().close();
  });

  test('a session that ended is opened again with the same key (H13)', async () => {
    const { page } = await openViewer(browser);
    const link = await node.invite('Retta Returner');
    await enter(page, link, 'Retta Returner');
    await page.context().clearCookies();
    await open(page, `${node.url}/blocks`);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Blocks');
    await page.context().clearCookies();
    await go(page, 'Transactions');
    await settled(page);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Transactions');
    await page.context().close();
  });
});
