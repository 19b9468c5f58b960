/**
 * One worker of the signature pool: checks a packed batch of transaction signatures.
 * It must never know what the transactions say.
 */

import { parentPort } from 'node:worker_threads';
import { verifySync } from '../../crypto/primitive/node.ts';
import { signedMessage } from '../../crypto/signature.ts';

/** Public key 32, signature 64, transaction id 32. */
const ITEM_BYTES = 128;

parentPort?.on('message', (items: Uint8Array) => {
  const verdicts = new Uint8Array(items.length / ITEM_BYTES);
  for (let i = 0; i < verdicts.length; i++) {
    const item = items.subarray(i * ITEM_BYTES, (i + 1) * ITEM_BYTES);
    const message = signedMessage('transaction', item.subarray(96));
    verdicts[i] = verifySync(item.subarray(32, 96), message, item.subarray(0, 32)) ? 1 : 0;
  }
  parentPort?.postMessage(verdicts, [verdicts.buffer]);
});

// "Ready": what is sent from now on is checked at once.
parentPort?.postMessage(null);
