/**
 * The proof of a row: the badge that unfolds the path through the state tree, and the file.
 * It must never ask a node: it is given the proof.
 */

import { Button, Collapse } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { ProvedRow } from 'tallystick/client';
import { type Verification, VerifiedBadge } from '../../design/text/badge.tsx';
import { formatBytes, formatCount } from '../../design/text/format.ts';
import { ProofPath } from '../../proof/proof-path.tsx';
import { downloadFile } from '../../session/keys/download.ts';
import classes from './row.module.css';

const BUNDLE_TYPE = 'application/vnd.tallystick.proof';

interface RowProofProps {
  /** Without its ending. */
  readonly fileName: string;
  readonly proved: ProvedRow;
  readonly verification: Verification;
}

export function RowProof({ fileName, proved, verification }: RowProofProps): ReactNode {
  const [open, setOpen] = useState(false);
  const { bundle, verdict, height, row } = proved;
  return (
    <section className={classes.proof} aria-label="Proof">
      <div className={classes.bar}>
        <button
          type="button"
          className={classes.unfold}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <VerifiedBadge of={verification} />
          <IconChevronDown size={14} data-open={open || undefined} aria-hidden="true" />
          <span className={classes.quiet}>{open ? 'hide' : 'show'} the path</span>
        </button>
        <Button
          leftSection={<IconDownload size={14} />}
          onClick={() => downloadFile(`${fileName}.tally-proof`, bundle, BUNDLE_TYPE)}
        >
          Proof, {formatBytes(bundle.length)}
        </Button>
      </div>
      <p className={classes.quiet}>
        {row === null ? 'Absent' : 'As it was'} after block {formatCount(height)}
      </p>
      <Collapse expanded={open} transitionDuration={80}>
        {open ? <ProofPath checks={verdict.checks} /> : null}
      </Collapse>
    </section>
  );
}
