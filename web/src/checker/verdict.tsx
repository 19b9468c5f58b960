/**
 * The verdict in words: what is proved, or which check failed, and what that rests on.
 * It must never be green where nothing was trusted.
 */

import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { encodeHex } from 'tallystick/client';
import { formatCount, formatLocal, shorten } from '../design/text/format.ts';
import type { Checked } from './check.ts';
import classes from './checker.module.css';

type Tone = 'verified' | 'pending' | 'refused';

const ICONS = {
  verified: IconCircleCheck,
  pending: IconAlertTriangle,
  refused: IconCircleX,
} as const;

interface VerdictProps {
  readonly checked: Checked;
  /** Name of the trusted ledger, where it is known here. */
  readonly ledger: string | null;
}

export function VerdictCard({ checked, ledger }: VerdictProps): ReactNode {
  const { tone, title, says } = wordsOf(checked, ledger);
  const Icon = ICONS[tone];
  return (
    <section className={classes.verdict} data-tone={tone} role="status" aria-live="polite">
      <Icon size={30} stroke={1.5} aria-hidden="true" />
      <div>
        <h2>{title}</h2>
        <p>{says}</p>
      </div>
    </section>
  );
}

interface Words {
  readonly tone: Tone;
  readonly title: string;
  readonly says: string;
}

/** What the failing check stands for, in words for people. */
const FAILED: Readonly<Record<string, string>> = {
  form: 'This is not a proof as one was made: it is damaged, or it is another file.',
  chain: 'It is of another ledger than the one you trust.',
  genesis: 'The ledger that it describes is not the one it names.',
  header: 'Its block is not one of this ledger.',
  signature: 'The transaction was not signed by its sender, or was changed since.',
  transaction: 'The transaction is not in the block.',
  receipt: 'The receipt is not the one that the block has for this transaction.',
  row: 'The row was not so after this block.',
  history: 'The block is not in the history of the later one.',
  seal: 'The block was not sealed by the ledger’s owner.',
};

function wordsOf({ verdict, trusted, claims }: Checked, ledger: string | null): Words {
  const failed = verdict.checks.find(({ ok }) => !ok);
  if (failed !== undefined) {
    return {
      tone: 'refused',
      title: `Not proved: the check “${failed.name}” failed`,
      says: FAILED[failed.name] ?? failed.says,
    };
  }
  const says = subjectWords(claims);
  if (trusted === null) {
    const chain = claims === null ? '' : ` ${shorten(claims.chain, 8, 6)}`;
    return {
      tone: 'pending',
      title: 'It holds in itself, for a ledger that nothing vouches for',
      says: `${says} That is proved for the chain${chain} only: compare it with one you know.`,
    };
  }
  return { tone: 'verified', title: `Proved${ledger === null ? '' : `, on ${ledger}`}`, says };
}

function subjectWords(claims: Checked['claims']): string {
  const { header, row, transaction, receipt } = claims ?? {};
  const block =
    header === undefined ? '' : `block ${formatCount(header.height)} (${formatLocal(header.time)})`;
  if (row !== undefined) {
    return row.record === null
      ? `After ${block} there is no row with this key in ${row.contract}.${row.table}.`
      : `After ${block} the row of ${row.contract}.${row.table} has exactly the values below.`;
  }
  if (transaction === undefined) return '';
  const outcome =
    receipt?.outcome.ok === false ? `was refused with ${receipt.outcome.code}` : 'succeeded';
  const id = shorten(encodeHex(transaction.id));
  return `The transaction ${id} is in ${block}, was signed by its sender, and ${outcome}.`;
}
