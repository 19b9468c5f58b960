/**
 * A changed contract under a serving node: checked, every transaction run again, and put in place.
 * It must never take the running contract away before the changed one stands.
 */

import type { Serving } from '../../api/serve.ts';
import { isRefusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { schemaChange } from '../../contract/schema/evolution.ts';
import { openFolder } from '../../node/driver/folder.ts';
import type { RerunReport } from '../../node/verify/rerun.ts';
import { BlockStore } from '../../storage/block-store.ts';
import type { ContractReference } from '../folder/config.ts';
import { loadReferences } from '../folder/contracts.ts';
import { reportsOf } from '../folder/reports.ts';
import { dropGeneration, type Generation, openNext, type Place } from './generation.ts';

export interface Reloaded {
  readonly generation: Generation;
  readonly report: RerunReport;
  /** What the change did to the schema; empty when only code has changed. */
  readonly changes: readonly string[];
  /** True when a ledger that has rows would take the change. */
  readonly isCompatible: boolean;
  readonly ms: number;
}

/** Throws CONTRACT_INVALID and REPORT_INVALID, with the ledger before still served. */
export async function reload(
  place: Place,
  before: Generation,
  serving: Serving,
  references: readonly ContractReference[],
): Promise<Reloaded> {
  const start = performance.now();
  const loaded = await loadReferences(references);
  const reports = reportsOf(references);
  const { changes, isCompatible } = changesIn(before, loaded.contracts);
  const { generation, report } = await openNext(place, before.number, loaded);
  await serving.replace({ ledger: generation.ledger, contracts: loaded.contracts, reports });
  await before.ledger.close();
  await takeOver(before, report.height, generation);
  dropGeneration(before);
  return { generation, report, changes, isCompatible, ms: performance.now() - start };
}

function changesIn(
  { ledger }: Generation,
  contracts: readonly AnyContract[],
): Pick<Reloaded, 'changes' | 'isCompatible'> {
  const installed = ledger.installed();
  const all = contracts.map((contract) => {
    const schema = installed.get(contract.name);
    if (schema !== undefined) return schemaChange(schema, contract);
    return { compatible: false, changes: [`contract ${contract.name} is another one`] };
  });
  return {
    changes: all.flatMap(({ changes }) => changes),
    isCompatible: all.every(({ compatible }) => compatible),
  };
}

/**
 * What the ledger before took while the next one was made was acknowledged: it is sent again, and
 * is what it would have been had it come later.
 */
async function takeOver(before: Generation, from: number, { ledger }: Generation): Promise<void> {
  const opened = await openFolder(before.folder, { readOnly: true });
  try {
    const blocks = new BlockStore(opened.log.snapshot());
    for (let height = from + 1; height <= blocks.head().height; height++) {
      for (const envelope of blocks.block(height).envelopes) {
        await ledger.submit(envelope).catch((error: unknown) => {
          if (!isRefusal(error)) throw error;
        });
      }
    }
  } finally {
    await opened.release();
  }
}
