/**
 * Two mornings of checks by three controllers: `node apps/quality/sample.ts data/quality`.
 * Its keys are published here: it must never be used for a ledger that counts.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Account, accountFromSeed, type Ledger, openLedger } from 'tallystick';
import quality from './contract.ts';
import { type Check, Lane } from './lane.ts';

interface SampleCheck extends Check {
  readonly controller: string;
}

export const SAMPLE: readonly SampleCheck[] = parseSample(
  readFileSync(new URL('./sample.csv', import.meta.url), 'utf8'),
);

function parseSample(csv: string): SampleCheck[] {
  const [, ...lines] = csv.trimEnd().split('\n');
  return lines.map((line) => {
    const [created = '', controller = '', part = '', status, defect = ''] = line.split(',');
    return {
      controller,
      part,
      created: Date.parse(created),
      status: status === 'Ok' ? 'Ok' : 'Nok',
      ...(defect === '' ? {} : { defect }),
    };
  });
}

/** `C-07` signs with the seed of seven sevens and so on. */
async function sampleAccount(reference: string): Promise<Account> {
  return accountFromSeed(new Uint8Array(32).fill(Number(reference.slice(2))));
}

/** Registers the controllers of the sample and records its checks, each in its lane. */
export async function recordSample(
  ledger: Ledger<readonly [typeof quality]>,
  checks: readonly SampleCheck[] = SAMPLE,
): Promise<void> {
  const lanes = new Map<string, Lane>();
  for (const { controller, ...check } of checks) {
    const lane = lanes.get(controller) ?? (await openLane(ledger, controller));
    lanes.set(controller, lane);
    await lane.record(check);
  }
}

async function openLane(
  ledger: Ledger<readonly [typeof quality]>,
  reference: string,
): Promise<Lane> {
  const account = await sampleAccount(reference);
  await ledger.quality.registerController({ reference, account: account.address });
  return Lane.open(ledger, account);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = 'data/quality'] = process.argv;
  const ledger = await openLedger(folder, { contracts: [quality] });
  if (ledger.tables.quality.controller.range({ limit: 1 }).length === 0) await recordSample(ledger);
  const parts = [...ledger.tables.quality.part.range()];
  const open = parts.filter(({ status }) => status === 'Nok').map(({ reference }) => reference);
  console.log(`${folder}: ${parts.length} parts checked, not Ok now: ${open.join(', ')}`);
  await ledger.close();
}
