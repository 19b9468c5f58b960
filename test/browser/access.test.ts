/**
 * Members and tokens in a real browser: what an administrator changes is on the ledger, and holds
 * at once. It must never reach behind the page.
 */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/client/client.ts';
import { axeFindings, hasBrowser, launchBrowser, openViewer, shoot } from './support/browser.ts';
import { enter, go, settled } from './support/console.ts';
import { type RunningNode, startSalesNode } from './support/node.ts';

describe.skipIf(!hasBrowser())('access', () => {
  let node: RunningNode;
  let browser: Browser;
  let admin: Page;
  let reader: Page;

  beforeAll(async () => {
    [node, browser] = await Promise.all([startSalesNode(), launchBrowser()]);
    ({ page: admin } = await openViewer(browser));
    await enter(admin, node.link, 'Mary Baker');
    ({ page: reader } = await openViewer(browser));
    await enter(reader, await node.invite('Rita Reader', ['reader']), 'Rita Reader');
  });
  afterAll(async () => {
    await browser?.close();
    await node?.stop();
  });

  test('a reader is offered nothing that only administrators may do (H12)', async () => {
    await go(reader, 'Access');
    expect(await reader.getByRole('button', { name: 'Invite someone' }).count()).toBe(0);
    expect(await reader.getByRole('button', { name: 'New token' }).count()).toBe(1);
  });

  test('another name is signed, and is on the ledger', async () => {
    await go(admin, 'Access');
    await admin.getByRole('row', { name: /Rita Reader/ }).click();
    const panel = admin.getByRole('dialog', { name: 'Rita Reader' });
    await panel.getByLabel('Name').fill('Rita Rowland');
    await shoot(admin, 'member');
    await panel.getByRole('button', { name: 'Change…' }).click();
    expect(await panel.innerText()).toContain('You sign identity.change');
    await panel.getByRole('button', { name: 'Sign and send' }).click();
    await admin.getByRole('dialog', { name: 'Rita Rowland' }).waitFor();
    const { items } = await node.owner.members();
    expect(items.map(({ name }) => name)).toContain('Rita Rowland');
  });

  test('who is retired is out at once (H12)', async () => {
    const panel = admin.getByRole('dialog', { name: 'Rita Rowland' });
    await panel.getByRole('button', { name: 'Retire…' }).click();
    await panel.getByRole('button', { name: 'Sign and send' }).click();
    await panel.getByText('retired').waitFor();
    await admin.keyboard.press('Escape');
    await reader.goto(`${node.url}/blocks`);
    await reader.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('a token is shown once, works, and is taken back (H14)', async () => {
    await go(admin, 'Access');
    await admin.getByRole('button', { name: 'New token' }).click();
    const form = admin.getByRole('dialog', { name: 'New token' });
    await form.getByLabel('Name of the program').fill('till');
    await shoot(admin, 'token');
    expect(await axeFindings(admin)).toEqual([]);
    await form.getByRole('button', { name: 'Make the token' }).click();
    const token = await form.locator('.mantine-Modal-body code').last().innerText();
    const till = connect(node.url, { token });
    expect((await till.info()).name).toBe('sales');
    await admin.keyboard.press('Escape');
    await admin.getByRole('button', { name: 'Take back the token till' }).click();
    await admin.getByText('No tokens').waitFor();
    await expect(till.info()).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
    await settled(admin);
    await shoot(admin, 'access');
  });
});
