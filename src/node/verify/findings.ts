/**
 * What a verification found: where, and what is wrong there, in words.
 * It must never know how it was found.
 */

/** The part of a ledger that a finding is about. */
export type FindingArea = 'file' | 'block' | 'receipts' | 'delta' | 'log' | 'state' | 'contract';

export interface Finding {
  readonly area: FindingArea;
  /** `block 12`, `state.mdb page 3 offset 12304`, `row sales/sale/…`. */
  readonly where: string;
  readonly what: string;
}

/** Findings kept; what is beyond is counted, for one flipped pointer can damage everything. */
const FINDINGS_MAX = 100;

export class Findings {
  readonly list: Finding[] = [];
  count = 0;

  add(area: FindingArea, where: string, what: string): void {
    this.count++;
    if (this.list.length < FINDINGS_MAX) this.list.push({ area, where, what });
  }
}
