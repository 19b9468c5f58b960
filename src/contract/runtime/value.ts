/**
 * What a method gives to the ledger without a schema, results and data of failures, as a Value.
 * It must never let through what has no one encoding: fractions, -0, dates, promises.
 */

import type { Value } from '../../bytes/cbor.ts';
import { describe } from '../schema/check.ts';
import { SIZE_MAX } from '../schema/column.ts';

/** Told of the place and the reason; must throw. */
export type Refuse = (place: string, reason: string) => never;

const DEPTH_MAX = 16;
/** Values in one result, counted with the lists and maps that hold them. */
const COUNT_MAX = 10_000;
const INTEGER_MAX = 2n ** 64n - 1n;

/** A copy of `given` that nothing else holds. */
export function toValue(given: unknown, place: string, refuse: Refuse): Value {
  if (given === undefined || given === null || typeof given === 'boolean') return given ?? null;
  return new ValueCopy(refuse).copy(given, place, 0);
}

class ValueCopy {
  readonly #refuse: Refuse;
  #count = 0;

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  copy(given: unknown, place: string, depth: number): Value {
    if (++this.#count > COUNT_MAX) return this.#refuse(place, `more than ${COUNT_MAX} values`);
    switch (typeof given) {
      case 'undefined':
        return null;
      case 'boolean':
        return given;
      case 'number':
        if (Number.isSafeInteger(given) && !Object.is(given, -0)) return given;
        return this.#refuse(place, `${describe(given)} is not a whole number held exactly`);
      case 'bigint':
        if (given <= INTEGER_MAX && given >= -INTEGER_MAX - 1n) return given;
        return this.#refuse(place, `${describe(given)} is beyond 64 bits`);
      case 'string':
        if (given.length <= SIZE_MAX && given.isWellFormed()) return given;
        return this.#refuse(place, 'text that is malformed or too long');
      case 'object':
        return given === null ? null : this.#compound(given, place, depth + 1);
      default:
        return this.#refuse(place, `${describe(given)} cannot be on a ledger`);
    }
  }

  #compound(given: object, place: string, depth: number): Value {
    if (depth > DEPTH_MAX) return this.#refuse(place, `nested deeper than ${DEPTH_MAX}`);
    if (Array.isArray(given)) {
      return Array.from(given, (item, i) => this.copy(item, `${place}[${i}]`, depth));
    }
    if (given instanceof Uint8Array) {
      if (given.length <= SIZE_MAX) return given.slice();
      return this.#refuse(place, `more than ${SIZE_MAX} bytes`);
    }
    const prototype: unknown = Object.getPrototypeOf(given);
    if (prototype !== Object.prototype && prototype !== null) {
      return this.#refuse(place, nameOfClass(given));
    }
    const copy: { [name: string]: Value } = Object.create(null);
    for (const [name, item] of Object.entries(given)) {
      if (!name.isWellFormed()) return this.#refuse(place, 'a name that is malformed text');
      copy[name] = this.copy(item, `${place}.${name}`, depth);
    }
    return copy;
  }
}

function nameOfClass(given: object): string {
  const tag = Object.prototype.toString.call(given).slice(8, -1);
  const hint = tag === 'Promise' ? '; a method cannot be async' : '';
  return `an object of class ${tag} cannot be on a ledger${hint}`;
}
