/**
 * Makes this process take the browser's hashing and signatures, as a page would.
 * It must never be loaded after anything that uses them: start Node with `--import` of this file.
 */

import { registerHooks } from 'node:module';

const browser = new URL('../../src/crypto/primitive/browser.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    return next(specifier === '#primitive' ? browser : specifier, context);
  },
});
