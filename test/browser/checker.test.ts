/**
 * The proof checker in a real browser, as a page of the console and as a file from the disk: what
 * holds, what does not and why, with no server at all. It must never reach behind the page.
 */

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import sales from '../../apps/sales/contract.ts';
import { verify } from '../../src/client/client.ts';
import { testLedger } from '../../src/sim/testing.ts';
import { hasBrowser, launchBrowser, openViewer } from './support/browser.ts';
import { checkPage } from './support/check-page.ts';

const FILE = fileURLToPath(new URL('../../web/dist/checker.html', import.meta.url));

interface Proofs {
  readonly chain: string;
  readonly sale: Uint8Array;
  readonly row: Uint8Array;
  readonly absent: Uint8Array;
  readonly refused: Uint8Array;
}

describe.skipIf(!hasBrowser())('the checker as a file', () => {
  let browser: Browser;
  let proofs: Proofs;
  /** Away from the repository: the file needs nothing beside it. */
  const folder = mkdtempSync(path.join(tmpdir(), 'tally-checker-'));
  const url = pathToFileURL(path.join(folder, 'checker.html')).href;

  beforeAll(async () => {
    copyFileSync(FILE, path.join(folder, 'checker.html'));
    [browser, proofs] = await Promise.all([launchBrowser(), makeProofs()]);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function openChecker(): Promise<{ page: Page; problems: readonly string[] }> {
    const viewer = await openViewer(browser);
    await viewer.page.context().setOffline(true);
    await viewer.page.goto(url);
    return viewer;
  }

  test('a sale is proved against the chain one knows, with its values by name', async () => {
    const { page, problems } = await openChecker();
    await checkPage(page, 'checker-empty');
    await page.getByLabel('Chain hash').fill(proofs.chain);
    await drop(page, proofs.sale, 'sale.tally-proof');
    const verdict = page.getByRole('status');
    await verdict.getByText('Proved', { exact: true }).waitFor();
    expect(await verdict.innerText()).toContain('was signed by its sender, and succeeded');
    for (const says of ['baguette', '1.45', '10 Oct 2025', 'sales.record', 'it succeeded']) {
      expect(await page.getByText(says).count(), says).toBeGreaterThan(0);
    }
    expect(await page.getByRole('img', { name: 'does not hold' }).count()).toBe(0);
    expect(await page.getByRole('img', { name: 'holds', exact: true }).count()).toBe(8);
    await checkPage(page, 'checker-proved');
    expect(problems).toEqual([]);
  });

  test('without a chain it is only whole in itself, and never green', async () => {
    const { page } = await openChecker();
    await drop(page, proofs.row, 'row.tally-proof');
    const verdict = page.getByRole('status');
    await verdict.getByText('It holds in itself').waitFor();
    expect(await verdict.getAttribute('data-tone')).toBe('pending');
    expect(await page.getByText('not proved').count()).toBe(2);
  });

  test('against another chain it fails at the ledger', async () => {
    const { page } = await openChecker();
    await page.getByLabel('Chain hash').fill(`0x${'11'.repeat(32)}`);
    await drop(page, proofs.sale, 'sale.tally-proof');
    await page.getByText('Not proved: the check “chain” failed').waitFor();
    expect(await page.getByText('Not reached:').innerText()).toContain('signature');
  });

  test('a refusal and an absence are proved as what they are', async () => {
    const { page } = await openChecker();
    await page.getByLabel('Chain hash').fill(proofs.chain);
    await drop(page, proofs.refused, 'refused.tally-proof');
    await page.getByText('and was refused with PRICE_NEGATIVE').waitFor();
    await drop(page, proofs.absent, 'absent.tally-proof');
    await page.getByText('there is no row with this key in sales.sale').waitFor();
  });

  test('pasted digits, and the JSON of a node, are proofs too; other text is not', async () => {
    const { page } = await openChecker();
    await page.getByLabel('Chain hash').fill(proofs.chain);
    const hex = Buffer.from(proofs.row).toString('hex');
    await paste(page, hex.replace(/(.{64})/g, '$1\n'));
    await page.getByText('exactly the values below').waitFor();
    await paste(page, JSON.stringify({ chain: proofs.chain, bundle: `0x${hex}` }));
    await page.getByText('exactly the values below').waitFor();
    await paste(page, '{"no": "bundle"}');
    await page.getByRole('alert').getByText('BUNDLE_INVALID').waitFor();
  });

  test('a file that is no proof says so', async () => {
    const { page } = await openChecker();
    await drop(page, new Uint8Array([1, 2, 3, 255]), 'holiday.jpg');
    await page.getByText('Not proved: the check “form” failed').waitFor();
    await drop(page, new Uint8Array(), 'empty.tally-proof');
    await page.getByRole('alert').getByText('it is empty').waitFor();
  });

  test('P25: of a hundred bytes changed, each is caught by the check that the verifier names', async () => {
    const { page, problems } = await openChecker();
    await page.getByLabel('Chain hash').fill(proofs.chain);
    const names = new Map<string, number>();
    for (let round = 0; round < 100; round++) {
      const bundle = [proofs.sale, proofs.row][round % 2] ?? proofs.sale;
      const at = Math.floor((bundle.length * (round + 0.5)) / 100);
      const tampered = bundle.slice();
      tampered[at] = (tampered[at] ?? 0) ^ (1 << (round % 8));
      const { checks } = await verify(tampered, proofs.chain);
      const failed = checks.find(({ ok }) => !ok)?.name ?? 'none';
      await drop(page, tampered, `byte-${at}.tally-proof`);
      await page.getByText(`byte-${at}.tally-proof`, { exact: true }).waitFor();
      await page.getByText(`Not proved: the check “${failed}” failed`).waitFor();
      names.set(failed, (names.get(failed) ?? 0) + 1);
    }
    expect(names.has('none')).toBe(false);
    expect(names.size).toBeGreaterThanOrEqual(5);
    expect(problems).toEqual([]);
  });

  test('its own hammer shows the same, and takes it back', async () => {
    const { page } = await openChecker();
    await page.getByLabel('Chain hash').fill(proofs.chain);
    await drop(page, proofs.sale, 'sale.tally-proof');
    await page.getByRole('button', { name: 'Tamper with one byte' }).click();
    await page.getByText(/Not proved: the check “\w+” failed/).waitFor();
    await checkPage(page, 'checker-tampered');
    await page.getByRole('button', { name: 'As it was' }).click();
    await page.getByRole('status').getByText('Proved', { exact: true }).waitFor();
  });

  test('a browser without WebCrypto comes to the same verdicts', async () => {
    const { page, problems } = await openViewer(browser);
    await page.addInitScript(`Object.defineProperty(crypto, 'subtle', { value: undefined })`);
    await page.goto(url);
    await page.getByLabel('Chain hash').fill(proofs.chain);
    await drop(page, proofs.sale, 'sale.tally-proof');
    await page.getByRole('status').getByText('Proved', { exact: true }).waitFor();
    const forged = proofs.sale.slice();
    const seal = forged.length - 10;
    forged[seal] = (forged[seal] ?? 0) ^ 1;
    await drop(page, forged, 'forged.tally-proof');
    await page.getByText('Not proved: the check “seal” failed').waitFor();
    expect(problems).toEqual([]);
  });

  test('script in the ledger is text, and nothing of the page can be sent anywhere', async () => {
    const { page, problems } = await openChecker();
    await page.getByLabel('Chain hash').fill(proofs.chain);
    await drop(page, proofs.refused, '<img src=x onerror=alert(1)>.tally-proof');
    await page.getByText('<script>alert(1)</script>').waitFor();
    expect(problems).toEqual([]);
    const policy = await page.locator('meta[http-equiv]').getAttribute('content');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'sha256-");
    const isOut = await page.evaluate(`fetch('http://127.0.0.1:9/').then(() => true, () => false)`);
    expect(isOut).toBe(false);
    expect(problems.length).toBeGreaterThan(0);
  });
});

/** Real proofs of a ledger of sales, and one transaction that its contract refused. */
async function makeProofs(): Promise<Proofs> {
  const { ledger, close } = await testLedger({ contracts: [sales] });
  const time = Date.parse('2025-10-10T06:42:00Z');
  const sold = { product: 'baguette', time, price: 145n, quantity: 3 };
  const { id, result } = await ledger.sales.record(sold);
  const script = { ...sold, product: '<script>alert(1)</script>', price: -1n };
  const refused = await ledger.sales.record(script).then(
    () => '',
    (error: { data: { id: string } }) => error.data.id,
  );
  const proofs = {
    chain: ledger.chain,
    sale: await ledger.prove(id),
    row: await ledger.tables.sales.sale.prove(result),
    absent: await ledger.tables.sales.sale.prove('nobody'),
    refused: await ledger.prove(refused),
  };
  await close();
  return proofs;
}

async function drop(page: Page, bytes: Uint8Array, name: string): Promise<void> {
  const file = { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) };
  await page.getByTestId('proof-file').setInputFiles(file);
}

async function paste(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Paste' }).click();
  await page.getByLabel('Hexadecimal digits, or the JSON of a proof').fill(text);
  await page.getByRole('button', { name: 'Check it' }).click();
}
