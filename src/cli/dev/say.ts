/**
 * What a change of a contract did, in a line.
 * It must never hide that a transaction fails now.
 */

import { isRefusal } from '../../bytes/refusal.ts';
import type { RerunReport } from '../../node/verify/rerun.ts';
import { styleOf } from '../output/style.ts';
import { visible } from '../output/table.ts';
import { count } from '../output/words.ts';
import type { World } from '../world.ts';
import type { Reloaded } from './reload.ts';

const FAILED_SHOWN = 5;

export function sayReloaded({ out }: World, { report, changes, isCompatible, ms }: Reloaded): void {
  const style = styleOf(out);
  const isGood = isCompatible && report.failed.length === 0;
  const mark = isGood ? style.good('✓') : style.warn('!');
  const schema = changes.length === 0 ? 'the schema is the same' : changes.map(visible).join('; ');
  const refused = isCompatible ? '' : ', which a ledger with rows refuses';
  const took = style.dim(`${Math.round(ms)} ms`);
  out.write(`${mark} ${took}  ${schema}${refused}: ${rerunText(report)}\n`);
  for (const { id, code, message } of report.failed.slice(0, FAILED_SHOWN)) {
    out.write(`    ${id.slice(0, 14)}… ${style.bad(code)} ${visible(message)}\n`);
  }
}

function rerunText({ transactions, failed, recovered }: RerunReport): string {
  if (transactions === 0) return 'no transactions yet';
  const parts = [`${count(transactions, 'transaction')} run again`];
  if (failed.length > 0) parts.push(`${failed.length} now fail`);
  if (recovered > 0) parts.push(`${recovered} succeed that failed`);
  if (failed.length === 0 && recovered === 0) parts.push('each as before');
  return parts.join(', ');
}

/** The same for programs. */
export function reloadedJson({ report, changes, isCompatible, ms }: Reloaded): object {
  const { transactions, failed, recovered } = report;
  return { ms: Math.round(ms), changes, isCompatible, transactions, failed, recovered };
}

/** Throws what is no refusal: that is a fault of ours. */
export function sayRefused({ out }: World, error: unknown): void {
  if (!isRefusal(error)) throw error;
  const style = styleOf(out);
  const [first = '', ...rest] = error.message.split('\n').filter((line) => line.trim() !== '');
  const lines = rest.length === 0 ? [first] : rest;
  out.write(`${style.bad('✗')} ${error.code}, what is served stays as it was:\n`);
  for (const line of lines) out.write(`    ${visible(line)}\n`);
}
