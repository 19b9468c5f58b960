/**
 * Many controllers who record checks at once over wires that fail, and what must then be on the
 * ledger. It must never help a lane: each has the device that the application ships.
 */

import type quality from '../../apps/quality/contract.ts';
import { type Check, Lane } from '../../apps/quality/lane.ts';
import type { Account } from '../../src/crypto/account.ts';
import type { Ledger } from '../../src/node/ledger.ts';
import { type Flaws, flakySubmit, NO_FLAWS, randomFrom } from './flaky.ts';

type QualityLedger = Ledger<readonly [typeof quality]>;

export interface Shift {
  readonly ledger: QualityLedger;
  readonly controllers: number;
  readonly checks: number;
  readonly accountOf: (number: number) => Promise<Account>;
  readonly now: () => number;
  readonly seed: number;
}

export interface ShiftReport extends Flaws {
  /** Devices that were set back to what they knew some checks ago. */
  readonly setBack: number;
  /** Ids that the devices were given, by controller. */
  readonly recorded: ReadonlyMap<string, readonly string[]>;
}

const DEFECTS = ['burr', 'porosity', 'thread', 'dimension'];

/** Every controller records its checks, all at the same time. */
export async function workShift(shift: Shift): Promise<ShiftReport> {
  const flaws = { ...NO_FLAWS, setBack: 0 };
  const numbers = Array.from({ length: shift.controllers }, (_, at) => at + 1);
  const recorded = await Promise.all(
    numbers.map(async (number) => [nameOf(number), await workLane(shift, number, flaws)] as const),
  );
  return { ...flaws, recorded: new Map(recorded) };
}

function nameOf(number: number): string {
  return `C-${String(number).padStart(2, '0')}`;
}

async function workLane(
  { ledger, checks, accountOf, now, seed }: Shift,
  number: number,
  flaws: Flaws & { setBack: number },
): Promise<string[]> {
  const reference = nameOf(number);
  const account = await accountOf(number);
  await ledger.quality.registerController({ reference, account: account.address });
  const own = ledger.as(account);
  const random = randomFrom(seed * 1_000 + number);
  const wire = {
    sign: own.sign.bind(own),
    transaction: own.transaction.bind(own),
    submit: flakySubmit(own.submit.bind(own), random, flaws),
  };
  const ids: string[] = [];
  let device = new Lane(wire, null);
  for (let at = 0; at < checks; at++) {
    if (random() < 0.03) {
      flaws.setBack++;
      device = new Lane(wire, ids.at(-1 - Math.floor(random() * 3)) ?? null);
    }
    ids.push(await device.record(checkOf(number, at, now(), random)));
  }
  return ids;
}

/** Some parts are seen by two controllers. */
function checkOf(number: number, at: number, created: number, random: () => number): Check {
  const part = `P-${random() < 0.1 ? 'shared' : number}-${at}`;
  const defect = DEFECTS[Math.floor(random() * 40)];
  return defect === undefined
    ? { part, created, status: 'Ok' }
    : { part, created, status: 'Nok', defect };
}

/** What is wrong with the ledger after a shift; empty when every check is there once, in order. */
export function faultsOf(
  { ledger, controllers, checks }: Shift,
  { recorded }: ShiftReport,
): string[] {
  const { controller, inspection } = ledger.tables.quality;
  const faults: string[] = [];
  const all = [...inspection.range()];
  if (all.length !== controllers * checks) faults.push(`${all.length} records`);
  const lanes = [...controller.range()];
  if (lanes.length !== controllers) faults.push(`${lanes.length} lanes`);
  const successors = new Set(all.map((one) => one.previous ?? `first of ${one.controller}`));
  if (successors.size !== all.length) faults.push('two checks name the same one before');
  for (const lane of lanes) {
    const ids = recorded.get(lane.reference) ?? [];
    const chain = chainOf(lane.last, (id) => inspection.get(id)?.previous ?? null);
    if (chain.join() !== ids.join()) faults.push(`the lane of ${lane.reference} is another`);
    if (lane.checks !== checks) faults.push(`${lane.reference} counts ${lane.checks}`);
  }
  return faults;
}

/** From the last check back to the first, then in order. */
function chainOf(last: string | null, previousOf: (id: string) => string | null): string[] {
  const chain: string[] = [];
  for (let id = last; id !== null; id = previousOf(id)) chain.push(id);
  return chain.reverse();
}
