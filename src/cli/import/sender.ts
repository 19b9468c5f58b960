/**
 * Sends the batches of an import: each line once, whatever was interrupted before.
 * It must never know files or terminals; what happens to each line is told to a listener.
 */

import { encodeHex } from '../../bytes/hex.ts';
import { isRefusal, Refusal } from '../../bytes/refusal.ts';
import type { Ledger } from '../../node/ledger.ts';
import type { CallRequest } from '../../node/ledger-types.ts';
import { type Batch, type BatchLine, type ImportIdentity, nonceOf } from './batch.ts';
import { type Journal, type JournalEntry, likeness, placesOf, sketchOf } from './journal.ts';

/** What is asked of a ledger. */
export type ImportLedger = Pick<Ledger, 'sign' | 'transact' | 'receiptOf'>;

/** Lines that are on the ledger in one transaction. */
export interface Recorded {
  readonly lines: readonly BatchLine[];
  readonly id: string;
  readonly height: number;
  /** False where an earlier import had recorded them. */
  readonly isNew: boolean;
}

export interface ImportListener {
  /** Durable: the block is on the disk. */
  recorded(recorded: Recorded): void;
  refused(line: BatchLine, code: string, reason: string): void;
}

export interface SenderOptions extends ImportIdentity {
  readonly contract: string;
  readonly methodName: string;
  readonly file: string;
  /** Stop at the first bad line, with nothing of its batch recorded. */
  readonly isStrict: boolean;
  /** Record lines although most of them seem to be there in another form. */
  readonly isAgain: boolean;
}

/** At this share of equal lines a batch is taken for one that was imported and then changed. */
const LIKENESS_MAX = 0.5;

/** Some lines of a batch as one transaction, known by its id before it is sent. */
interface Part {
  readonly places: readonly number[];
  readonly attempt: number;
  readonly requests: readonly CallRequest[];
  readonly nonce: Uint8Array;
  readonly id: string;
}

type Outcome =
  | { readonly kind: 'recorded'; readonly id: string; readonly height: number; isNew: boolean }
  | { readonly kind: 'refused'; readonly at: number; readonly code: string; reason: string }
  | { readonly kind: 'too large' };

export class Sender {
  readonly #ledger: ImportLedger;
  readonly #journal: Journal;
  readonly #options: SenderOptions;
  readonly #listener: ImportListener;

  constructor(
    ledger: ImportLedger,
    journal: Journal,
    options: SenderOptions,
    listener: ImportListener,
  ) {
    this.#ledger = ledger;
    this.#journal = journal;
    this.#options = options;
    this.#listener = listener;
  }

  /** Resolves when every good line of the batch is on the ledger. Throws IMPORT_INVALID. */
  async send(batch: Batch): Promise<void> {
    for (const line of batch.lines) {
      if (line.args === null) this.#bad(line, 'ARGUMENT_INVALID', line.reason ?? 'is not right');
    }
    const places = batch.lines.flatMap(({ args }, at) => (args === null ? [] : [at]));
    if (places.length === 0) return;
    const whole = await this.#prepare(batch, places, 0);
    if (this.#find(whole) !== undefined) return this.#sendAll(batch, whole);
    const missing = await this.#withoutKnown(batch, places);
    if (missing.length === places.length) return this.#sendAll(batch, whole);
    if (missing.length > 0) await this.#sendAll(batch, await this.#prepare(batch, missing, 0));
  }

  /**
   * A transaction may be refused for one of its lines: that line is left out, and the next one
   * carries at most half as many, then twice as many as long as all goes well. So one bad line
   * costs three transactions, and a file of bad lines no more than one each.
   */
  async #sendAll(batch: Batch, whole: Part): Promise<void> {
    let part = whole;
    let left = whole.places;
    for (;;) {
      const outcome = this.#find(part) ?? (await this.#transact(batch, part));
      const { places, attempt } = part;
      if (outcome.kind === 'recorded') {
        this.#listener.recorded({ lines: places.map((at) => lineAt(batch, at)), ...outcome });
        left = left.slice(places.length);
      } else {
        const refused = refusedPlace(places, outcome);
        if (refused !== undefined) this.#refuse(batch, refused, outcome);
        left = left.filter((at) => at !== refused);
      }
      if (left.length === 0) return;
      const factor = outcome.kind === 'recorded' ? 2 : 0.5;
      const most = Math.max(1, Math.floor(factor * places.length));
      part = await this.#prepare(batch, left.slice(0, most), attempt + 1);
    }
  }

  async #prepare(batch: Batch, places: readonly number[], attempt: number): Promise<Part> {
    const { contract, methodName } = this.#options;
    const lines = places.map((at) => lineAt(batch, at));
    const nonce = nonceOf(this.#options, batch.number, lines, attempt);
    const requests = lines.map(({ args }): CallRequest => {
      return { contract, method: methodName, args: args ?? {} };
    });
    const { id } = await this.#ledger.sign(requests, { nonce });
    return { places, attempt, requests, nonce, id: encodeHex(id) };
  }

  /** What became of the transaction in an earlier run; undefined when it is not on the ledger. */
  #find({ id }: Part): Outcome | undefined {
    const found = this.#ledger.receiptOf(id);
    if (found === undefined) return undefined;
    const { outcome, height } = found;
    if (outcome.ok) return { kind: 'recorded', id, height, isNew: false };
    const { call, code, message } = outcome;
    return { kind: 'refused', at: call, code, reason: `${code}: ${message}` };
  }

  async #transact(batch: Batch, part: Part): Promise<Outcome> {
    this.#write(batch, part);
    try {
      const { id, height } = await this.#ledger.transact(part.requests, { nonce: part.nonce });
      return { kind: 'recorded', id, height, isNew: true };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** The places that no earlier transaction of this batch has. Throws IMPORT_INVALID. */
  async #withoutKnown(batch: Batch, places: readonly number[]): Promise<readonly number[]> {
    const left = new Set(places);
    const strangers: JournalEntry[] = [];
    for (const entry of this.#journal.of(batch.number)) {
      const has = placesOf(entry);
      const isHere = has.length > 0 && has.every((at) => left.has(at));
      const part = isHere ? await this.#prepare(batch, has, entry.attempt) : undefined;
      const found = part?.id === entry.id ? this.#find(part) : undefined;
      if (found?.kind !== 'recorded') {
        strangers.push(entry);
        continue;
      }
      this.#listener.recorded({ lines: has.map((at) => lineAt(batch, at)), ...found });
      for (const at of has) left.delete(at);
    }
    const missing = [...left];
    if (!this.#options.isAgain) this.#assertNew(batch, missing, strangers);
    return missing;
  }

  #assertNew(batch: Batch, places: readonly number[], strangers: readonly JournalEntry[]): void {
    const sketch = sketchOf(places.map((at) => lineAt(batch, at)));
    const before = strangers.find((entry) => {
      if (likeness(sketch, entry.sketch) < LIKENESS_MAX) return false;
      return this.#ledger.receiptOf(entry.id)?.outcome.ok === true;
    });
    if (before === undefined) return;
    const [first, last] = [batch.lines[0]?.line ?? 0, batch.lines.at(-1)?.line ?? 0];
    throw new Refusal(
      'IMPORT_INVALID',
      `lines ${first} to ${last} of ${this.#options.file} were changed since they were imported: ` +
        'most of them are on the ledger already',
      {
        data: { firstLine: first, lastLine: last, transaction: before.id },
        next: 'import a file with only the new lines, or give --again to record all of them',
      },
    );
  }

  #write(batch: Batch, { places, attempt, id }: Part): void {
    const has = new Set(places);
    const count = (places.at(-1) ?? -1) + 1;
    const skip = Array.from({ length: count }, (_, at) => at).filter((at) => !has.has(at));
    const sketch = sketchOf(places.map((at) => lineAt(batch, at)));
    this.#journal.append({ batch: batch.number, attempt, count, skip, id, sketch });
  }

  #refuse(batch: Batch, place: number, outcome: Outcome): void {
    const line = lineAt(batch, place);
    if (outcome.kind === 'refused') this.#bad(line, outcome.code, outcome.reason);
    else this.#bad(line, 'TRANSACTION_TOO_LARGE', 'is too large for a transaction');
  }

  #bad(line: BatchLine, code: string, reason: string): void {
    if (this.#options.isStrict) {
      throw new Refusal('IMPORT_INVALID', `line ${line.line}: ${reason}`, {
        data: { line: line.line, code },
        next: 'correct the line and import again; nothing of its batch was recorded',
      });
    }
    this.#listener.refused(line, code, reason);
  }
}

function lineAt(batch: Batch, at: number): BatchLine {
  const line = batch.lines[at];
  if (line === undefined) throw new Error(`assertion: batch ${batch.number} has no place ${at}`);
  return line;
}

/** The place to leave out; none where only fewer lines at once will help. */
function refusedPlace(part: readonly number[], outcome: Outcome): number | undefined {
  if (outcome.kind === 'refused') return part[outcome.at];
  return part.length === 1 ? part[0] : undefined;
}

/** Throws what is no answer about these lines. */
function outcomeOf(error: unknown): Outcome {
  if (isRefusal(error, 'TRANSACTION_TOO_LARGE')) return { kind: 'too large' };
  if (!isRefusal(error, 'TRANSACTION_FAILED')) throw error;
  const { call, code } = error.data;
  return { kind: 'refused', at: Number(call), code: String(code), reason: error.message };
}
