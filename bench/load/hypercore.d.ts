/**
 * The part of hypercore that the bench uses; the package has no types of its own.
 * It must never declare what is not called.
 */

declare module 'hypercore' {
  export default class Hypercore {
    constructor(folder: string);
    ready(): Promise<void>;
    append(blocks: readonly Uint8Array[]): Promise<unknown>;
    close(): Promise<void>;
  }
}
