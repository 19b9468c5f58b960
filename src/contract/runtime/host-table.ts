/**
 * `ctx.sale`: rows read and written by a method, with references and indexes kept right.
 * It must never keep anything between calls: state is read anew each time.
 */

import type { Value } from '../../bytes/cbor.ts';
import { prefixEnd, type StateKey } from '../../bytes/ordered-key.ts';
import { Refusal } from '../../bytes/refusal.ts';
import { describe } from '../schema/check.ts';
import { decodeRecord, encodeRecord, RECORD_HEAD, type Row, rowOfRecord } from '../schema/row.ts';
import { type IndexPlan, keyPart, type TablePlan } from '../schema/table-plan.ts';
import type { Frame } from './frame.ts';
import { type RangeKeys, type RangeOptions, readRange } from './range.ts';
import type { Run } from './run.ts';

/** The state key of a row may not be longer: stores keep keys within a page. */
const KEY_BYTES_MAX = 1024;
const NOTHING = new Uint8Array(0);

export class HostTable {
  readonly #plan: TablePlan;
  readonly #frame: Frame;

  constructor(plan: TablePlan, frame: Frame) {
    this.#plan = plan;
    this.#frame = frame;
  }

  get(key: unknown): Row | undefined {
    const run = this.#frame.current();
    const record = run.get(this.#plan.stateKey(key, run));
    return record === undefined ? undefined : this.#row(this.#decode(record, run));
  }

  has(key: unknown): boolean {
    const run = this.#frame.current();
    return run.get(this.#plan.stateKey(key, run)) !== undefined;
  }

  insert(row: unknown): undefined {
    const run = this.#frame.writer();
    const record: Value[] = [run.context.height, run.context.position];
    this.#plan.fields.appendTo(record, row, run);
    const ending = this.#plan.ending(record);
    const key = this.#checkKey(this.#plan.key.prefix + ending, run);
    if (run.get(key) !== undefined) this.#fail(run, 'ROW_EXISTS', 'there already', record);
    this.#checkReferences(record, null, run);
    const { indexes } = this.#plan;
    for (let i = 0; i < indexes.length; i++) {
      this.#enter(indexes[i] as IndexPlan, record, ending, run);
    }
    run.put(key, encodeRecord(record));
  }

  update(key: unknown, patch: unknown): undefined {
    const run = this.#frame.writer();
    const stateKey = this.#plan.stateKey(key, run);
    const bytes = run.get(stateKey);
    if (bytes === undefined) return this.#missing(run, key);
    const before = this.#decode(bytes, run);
    const record = this.#patched(before, patch, run);
    this.#checkReferences(record, before, run);
    const ending = this.#plan.ending(record);
    for (const index of this.#plan.indexes) this.#move(index, before, record, ending, run);
    run.put(stateKey, encodeRecord(record));
  }

  delete(key: unknown): undefined {
    const run = this.#frame.writer();
    const stateKey = this.#plan.stateKey(key, run);
    const bytes = run.get(stateKey);
    if (bytes === undefined) return this.#missing(run, key);
    const record = this.#decode(bytes, run);
    const ending = this.#plan.ending(record);
    for (const index of this.#plan.indexes) {
      run.delete(this.#plan.indexEntry(index, record, ending));
    }
    run.delete(stateKey);
  }

  range(options: RangeOptions = {}): Iterable<Row> {
    const run = this.#frame.current();
    const keys = readRange(this.#plan, options, run);
    const found = this.#found(keys, run);
    // With nothing to write meanwhile rows are read as they are taken; otherwise all at once.
    return run.isReadOnly ? this.#rows(found) : this.#rows([...found]);
  }

  *#rows(records: Iterable<Uint8Array>): Generator<Row> {
    for (const record of records) yield this.#row(this.#decode(record, this.#frame.current()));
  }

  *#found({ from, to, reverse, limit, index }: RangeKeys, run: Run): Generator<Uint8Array> {
    if (from >= to || limit === 0) return;
    const entries = run.entries(from, to, reverse);
    try {
      for (let count = 0; count < limit; count++) {
        const next = run.host(() => entries.next());
        if (next.done) return;
        run.countRow();
        const [key, value] = next.value;
        yield index === null ? value : this.#rowOfEntry(index, key, run);
      }
    } finally {
      run.host(() => entries.return?.());
    }
  }

  #rowOfEntry(index: IndexPlan, entry: StateKey, run: Run): Uint8Array {
    const record = run.get(this.#plan.keyOfEntry(index, entry));
    if (record !== undefined) return record;
    return run.host(() => {
      throw new Refusal('STORAGE_DAMAGED', `index ${index.name} leads to no row`, {
        next: 'run tally verify on this folder, and restore it from a backup or from a peer',
      });
    });
  }

  #decode(record: Uint8Array, run: Run): Value[] {
    return run.host(() => decodeRecord(record));
  }

  #row(record: readonly Value[]): Row {
    return rowOfRecord(this.#plan.fields.plans, record);
  }

  #patched(before: readonly Value[], patch: unknown, run: Run): Value[] {
    const { columnNames, definition, name } = this.#plan;
    if (typeof patch !== 'object' || patch === null) {
      return run.fail('ROW_INVALID', `update of ${name}: expected a patch, got ${describe(patch)}`);
    }
    const record: Value[] = [run.context.height, run.context.position];
    for (let i = 0; i < columnNames.length; i++) record.push(before[RECORD_HEAD + i] ?? null);
    for (const [column, value] of Object.entries(patch)) {
      const position = columnNames.indexOf(column);
      if (position < 0) this.#plan.fields.unknown(column, run);
      if (definition.key.includes(column)) {
        run.fail('ROW_INVALID', `column ${column} of ${name} is part of its key; insert a new row`);
      }
      record[RECORD_HEAD + position] = this.#plan.fields.read(position, value, run);
    }
    return record;
  }

  /** Rows that new or changed references name must be there. */
  #checkReferences(record: readonly Value[], before: readonly Value[] | null, run: Run): void {
    const { references, name } = this.#plan;
    for (let i = 0; i < references.length; i++) {
      const reference = references[i];
      if (reference === undefined) continue;
      const { position, prefix, column, table } = reference;
      const value = record[RECORD_HEAD + position] ?? null;
      if (value === null || (before !== null && before[RECORD_HEAD + position] === value)) continue;
      if (run.get(prefix + keyPart(value, false)) !== undefined) continue;
      const which = describe(value);
      run.fail(
        'REFERENCE_MISSING',
        `column ${column} of ${name}: no ${table} has the key ${which}`,
      );
    }
  }

  #enter(index: IndexPlan, record: readonly Value[], ending: StateKey, run: Run): void {
    if (index.unique && !this.#plan.hasNull(index, record)) {
      const start = this.#plan.indexStart(index, record);
      if (this.#hasEntry(start, run)) {
        this.#fail(run, 'INDEX_DUPLICATE', `not unique in index ${index.name}`, record);
      }
    }
    // It names the row and the columns it has now, which it had not: no such entry is there.
    run.put(this.#checkKey(this.#plan.indexEntry(index, record, ending), run), NOTHING, true);
  }

  #hasEntry(start: StateKey, run: Run): boolean {
    const entries = run.entries(start, prefixEnd(start), false);
    return run.host(() => {
      const { done } = entries.next();
      entries.return?.();
      return done !== true;
    });
  }

  #move(
    index: IndexPlan,
    before: readonly Value[],
    record: readonly Value[],
    ending: StateKey,
    run: Run,
  ): void {
    const old = this.#plan.indexEntry(index, before, ending);
    if (old === this.#plan.indexEntry(index, record, ending)) return;
    run.delete(old);
    this.#enter(index, record, ending, run);
  }

  #checkKey(key: StateKey, run: Run): StateKey {
    if (key.length <= KEY_BYTES_MAX) return key;
    return run.fail(
      'KEY_TOO_LONG',
      `a key of ${this.#plan.name} takes ${key.length} bytes, at most ${KEY_BYTES_MAX}`,
    );
  }

  #missing(run: Run, key: unknown): never {
    const which = Array.isArray(key) ? key.map(describe).join(', ') : describe(key);
    return run.fail('ROW_MISSING', `no ${this.#plan.name} has the key ${which}`);
  }

  #fail(run: Run, code: string, what: string, record: readonly Value[]): never {
    const key = this.#plan.key.positions.map((position) => record[RECORD_HEAD + position]);
    return run.fail(code, `${this.#plan.name} ${key.map(describe).join(', ')} is ${what}`);
  }
}
