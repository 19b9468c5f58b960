/**
 * The console as its users know it: entering by a link, going somewhere, being done loading.
 * It must never reach behind the page.
 */

import type { Page } from 'playwright-core';

/** Opens a one-time link, makes a key that lives in this browser alone, and is signed in. */
export async function enter(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Make the key and sign in' }).click();
  await page.getByRole('navigation', { name: 'Console' }).waitFor({ state: 'attached' });
}

/** Goes by the menu, as a person does, and waits until nothing is loading. */
export async function go(page: Page, place: string): Promise<void> {
  const menu = page.getByRole('navigation', { name: 'Console' });
  await menu.getByRole('link', { name: place }).click();
  await menu.locator('[aria-current=page]', { hasText: place }).waitFor();
  const title = page.getByRole('heading', { level: 1 });
  // The overview's title is the ledger's name.
  await (place === 'Overview' ? title : title.filter({ hasText: place })).waitFor();
  await settled(page);
}

/** Opens an address and waits until nothing is loading. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await settled(page);
}

/** No skeleton is left, no proof is being verified. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  const end = Date.now() + SETTLED_MS_MAX;
  // The page's policy refuses `waitForFunction`, which evaluates text in the page.
  while (!(await page.evaluate<boolean>(IS_SETTLED))) {
    if (Date.now() > end) throw new Error(`${page.url()} is still loading`);
    await page.waitForTimeout(40);
  }
}

const SETTLED_MS_MAX = 20_000;
const IS_SETTLED = `document.querySelector('[aria-busy="true"]') === null &&
  !document.body.innerText.includes('verifying…')`;
