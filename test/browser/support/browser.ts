/**
 * Debian's chromium, and what every page is held to: no error in its console, no breach of its
 * policy, nothing that axe finds. It must never know a page.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.TALLY_CHROMIUM ?? '/usr/bin/chromium';
/** Where `shoot` writes; nowhere when it is not set. */
const SHOTS = process.env.TALLY_SHOTS;

/** False where there is no browser, and none may be installed: then tests skip, but never in CI. */
export function hasBrowser(): boolean {
  if (existsSync(CHROMIUM)) return true;
  if (process.env.TALLY_INSTALL !== '1') return process.env.CI !== undefined;
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
  return existsSync(CHROMIUM);
}

export interface Viewer {
  readonly page: Page;
  /** Errors of the page's console and breaches of its policy so far. */
  readonly problems: readonly string[];
}

export interface ViewOptions {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  /** Draws movements, which are off by default so that nothing is waited for. */
  readonly motion?: boolean;
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}

/** A page in a profile of its own: other keys, other cookies. */
export async function openViewer(browser: Browser, options: ViewOptions = {}): Promise<Viewer> {
  const { width = 1280, scheme = 'light', motion = false } = options;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    reducedMotion: motion ? 'no-preference' : 'reduce',
    acceptDownloads: true,
  });
  await context.addInitScript({ content: axe.source });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // A refused request is an answer: what the page makes of it is what tests look at.
    if (!/^Failed to load resource/.test(message.text())) problems.push(message.text());
  });
  return { page, problems };
}

interface AxeNode {
  readonly target: readonly string[];
  readonly failureSummary: string;
}

/** What axe finds on the page as it is now, as lines; nothing is right. */
export async function axeFindings(page: Page): Promise<string[]> {
  const violations = await page.evaluate<{ id: string; nodes: AxeNode[] }[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}

/** Whether anything is wider than the window: a page scrolls down, never sideways. */
export async function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');
}

export const WIDTHS: readonly number[] = [1280, 400];

/** Pictures at both widths, light and dark, into the folder TALLY_SHOTS; for people to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}
