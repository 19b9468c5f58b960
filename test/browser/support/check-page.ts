/**
 * What every page is held to as it is now: pictures for people, nothing that axe finds, nothing
 * wider than the window. It must never know which page it looks at.
 */

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { axeFindings, isTooWide, shoot, WIDTHS } from './browser.ts';

export async function checkPage(page: Page, name: string): Promise<void> {
  // A tooltip under the pointer is not of the page.
  await page.mouse.move(0, 0);
  await shoot(page, name);
  // Colours that were switched for the pictures are on their way back.
  await page.waitForTimeout(200);
  expect(await axeFindings(page)).toEqual([]);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect([name, width, await isTooWide(page)]).toEqual([name, width, false]);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}
