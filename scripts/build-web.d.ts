/**
 * The types of `build-web.mjs`, for TypeScript that imports it.
 * It must never say more than is there.
 */

declare module '*/build-web.mjs' {
  /** Builds the console unless what is there is of these sources; false when it could not. */
  export function ensureConsole(root: string, node: string): boolean;
}
