/**
 * A frame: the binding between a contract's `ctx`, made once, and the call that uses it now.
 * It must never outlive the call: `ctx` used later is a mistake of the contract.
 */

import type { Value } from '../../bytes/cbor.ts';
import type { Run } from './run.ts';

/** Runs a method of another contract within the same run. */
export type CallOther = (
  run: Run,
  caller: string,
  contract: string,
  method: string,
  args: Value,
) => Value;

export class Frame {
  readonly contract: string;
  readonly callOther: CallOther;
  /** The run whose call is in this contract; null between calls. */
  run: Run | null = null;
  caller: string | null = null;
  /** `0`, or `0.3` for the third call that methods made in call 0. */
  position = '';

  constructor(contract: string, callOther: CallOther) {
    this.contract = contract;
    this.callOther = callOther;
  }

  /** The run of the call that is going on. */
  current(): Run {
    const { run } = this;
    if (run === null) throw new Error(`ctx of ${this.contract} used outside its call`);
    run.assertGoingOn();
    return run;
  }

  /** The same, for what changes something or is recorded. */
  writer(): Run {
    const run = this.current();
    if (run.isReadOnly)
      run.fail('READ_ONLY', `${run.label}: an invariant reads and changes nothing`);
    return run;
  }
}
