/** The types of `build-web.mjs`, for TypeScript that imports it. It must never say more than it. */

export declare function ensureConsole(root: string, node: string): boolean;
