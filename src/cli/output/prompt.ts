/**
 * Asking a person for a secret, without showing it.
 * It must never ask where nobody can answer, nor know what the secret is for.
 */

import { Refusal } from '../../bytes/refusal.ts';
import type { World } from '../world.ts';

export function canAsk({ input, err }: World): boolean {
  return input.isTTY === true && input.setRawMode !== undefined && err.isTerminal;
}

const ENTER = new Set(['\r', '\n', '\u0004']);
const ERASE = new Set(['\u0008', '\u007f']);
const CANCEL = '\u0003';

/** Reads one line from the terminal. REQUIRES `canAsk`. */
export function askSecret({ input, err }: World, question: string): Promise<string> {
  err.write(question);
  input.setRawMode?.(true);
  return new Promise((resolve, reject) => {
    let secret = '';
    const onData = (chunk: Buffer | string): void => {
      for (const character of chunk.toString()) {
        if (character === CANCEL || ENTER.has(character)) {
          finish(() => (character === CANCEL ? reject(cancelled()) : resolve(secret)));
          return;
        }
        secret = ERASE.has(character) ? secret.slice(0, -1) : secret + character;
      }
    };
    const finish = (settle: () => void): void => {
      input.off('data', onData);
      input.setRawMode?.(false);
      input.pause();
      err.write('\n');
      settle();
    };
    input.on('data', onData);
    input.resume();
  });
}

function cancelled(): Refusal {
  return new Refusal('KEY_INVALID', 'no passphrase was given');
}
