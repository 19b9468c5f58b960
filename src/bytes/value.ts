/**
 * What has an encoding: the values that calls, records and messages are made of.
 * It must never know how they are encoded.
 */

/** Integers only, from -2^64 to 2^64 - 1; a map's keys are text. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Value[]
  | { [key: string]: Value };

/** How deep arrays and maps may nest. */
export const DEPTH_MAX = 32;
