/**
 * Columns: what a value may be, in a row, an argument or an event, and `t`, which declares them.
 * It must never know how a value is stored, shown or checked.
 */

interface Of<Kind extends string> {
  readonly kind: Kind;
  /** True where the value may also be null. */
  readonly optional: boolean;
}

/** Bounds in characters (code points). */
export interface TextColumn extends Of<'text'> {
  readonly min: number;
  readonly max: number;
}

/** Bounds in bytes. */
export interface BytesColumn extends Of<'bytes'> {
  readonly min: number;
  readonly max: number;
}

/** Whole numbers that JavaScript holds exactly. `time` is milliseconds since 1970, UTC. */
export interface IntegerColumn<Kind extends 'uint' | 'int' | 'time' = 'uint' | 'int' | 'time'>
  extends Of<Kind> {
  readonly min: number;
  readonly max: number;
}

/** A scaled whole number: with scale 2, 450n is 4.50. Bounds are scaled too, within 64 bits. */
export interface ScaledColumn<Kind extends 'money' | 'decimal' = 'money' | 'decimal'>
  extends Of<Kind> {
  readonly scale: number;
  readonly min: bigint;
  readonly max: bigint;
}

export interface EnumColumn<V extends string = string> extends Of<'enum'> {
  readonly values: readonly V[];
}

export interface BoolColumn extends Of<'bool'> {}
export interface AddressColumn extends Of<'address'> {}

/** The key of a row of another table of the same contract. `contract()` fills in `target`. */
export interface ReferenceColumn<N extends string = string> extends Of<'reference'> {
  readonly table: N;
  readonly target: PlainColumn | null;
}

/** A column that says by itself what its values are. */
export type PlainColumn =
  | TextColumn
  | BytesColumn
  | BoolColumn
  | IntegerColumn
  | ScaledColumn
  | EnumColumn
  | AddressColumn;

export type Column = PlainColumn | ReferenceColumn;

/** Columns by name; the order in which they are declared is the order of the record. */
export type Columns = Readonly<Record<string, Column>>;

const TEXT_MAX_DEFAULT = 1024;
const BYTES_MAX_DEFAULT = 4096;
/** No column can allow a longer text or byte string. */
export const SIZE_MAX = 65_536;
export const SCALE_MAX = 18;
export const INT64_MIN: bigint = -(2n ** 63n);
export const INT64_MAX: bigint = 2n ** 63n - 1n;
/** The last time that a calendar can show (ECMAScript's range). */
export const TIME_MAX = 8.64e15;

interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
}
interface ScaledBounds {
  readonly min?: bigint;
  readonly max?: bigint;
}
type NoBounds = Readonly<Record<never, never>>;

/** Every maker takes bounds, and `optional: true` for a column that may be null. */
interface Make<Bounds, C> {
  (options: Bounds & { readonly optional: true }): C & { readonly optional: true };
  (options?: Bounds & { readonly optional?: false }): C & { readonly optional: false };
}
interface MakeScaled<C> {
  (
    scale: number,
    options: ScaledBounds & { readonly optional: true },
  ): C & {
    readonly optional: true;
  };
  (
    scale: number,
    options?: ScaledBounds & { readonly optional?: false },
  ): C & {
    readonly optional: false;
  };
}

export interface ColumnMakers {
  readonly text: Make<NumberBounds, TextColumn>;
  readonly bytes: Make<NumberBounds, BytesColumn>;
  readonly bool: Make<NoBounds, BoolColumn>;
  readonly uint: Make<NumberBounds, IntegerColumn<'uint'>>;
  readonly int: Make<NumberBounds, IntegerColumn<'int'>>;
  readonly time: Make<NumberBounds, IntegerColumn<'time'>>;
  readonly money: MakeScaled<ScaledColumn<'money'>>;
  readonly decimal: MakeScaled<ScaledColumn<'decimal'>>;
  readonly address: Make<NoBounds, AddressColumn>;
  enum<const V extends string>(values: readonly V[]): EnumColumn<V> & { readonly optional: false };
  enum<const V extends string>(
    values: readonly V[],
    options: { readonly optional: true },
  ): EnumColumn<V> & { readonly optional: true };
  ref<const N extends string>(table: N): ReferenceColumn<N> & { readonly optional: false };
  ref<const N extends string>(
    table: N,
    options: { readonly optional: true },
  ): ReferenceColumn<N> & { readonly optional: true };
  optional<C extends Column>(column: C): Omit<C, 'optional'> & { readonly optional: true };
}

interface AnyOptions {
  readonly optional?: boolean;
  readonly min?: number | bigint;
  readonly max?: number | bigint;
}

/** The column types are settled by the overloads above; the makers below only fill in defaults. */
export const t: ColumnMakers = Object.freeze({
  text: maker('text', { min: 0, max: TEXT_MAX_DEFAULT }),
  bytes: maker('bytes', { min: 0, max: BYTES_MAX_DEFAULT }),
  bool: maker('bool', {}),
  uint: maker('uint', { min: 0, max: Number.MAX_SAFE_INTEGER }),
  int: maker('int', { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  time: maker('time', { min: -TIME_MAX, max: TIME_MAX }),
  money: scaledMaker('money'),
  decimal: scaledMaker('decimal'),
  address: maker('address', {}),
  enum: (values: readonly string[], options: AnyOptions = {}) =>
    column('enum', { values: Object.freeze([...values]) }, options),
  ref: (table: string, options: AnyOptions = {}) =>
    column('reference', { table, target: null }, options),
  optional: (of: Column) => Object.freeze({ ...of, optional: true }),
}) as unknown as ColumnMakers;

function maker(kind: Column['kind'], defaults: object): (options?: AnyOptions) => object {
  return (options = {}) => column(kind, defaults, options);
}

function scaledMaker(kind: 'money' | 'decimal'): (scale: number, options?: AnyOptions) => object {
  return (scale, options = {}) => column(kind, { scale, min: INT64_MIN, max: INT64_MAX }, options);
}

function column(kind: Column['kind'], defaults: object, options: AnyOptions): object {
  return Object.freeze({ kind, optional: false, ...defaults, ...options });
}
