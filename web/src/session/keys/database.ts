/**
 * The browser's own database, where this console keeps keys and what it has seen of histories.
 * It must never hold a secret that a script could read: keys are handles, back-ups are encrypted.
 */

const NAME = 'tallystick';
const VERSION = 1;

export type StoreName = 'keys' | 'seen';

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('keys', { keyPath: 'address' });
      request.result.createObjectStore('seen', { keyPath: 'chain' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** One request in a transaction of its own; resolves when it is on the disk. */
export async function inStore<T>(
  store: StoreName,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const transaction = (await open()).transaction(store, mode, { durability: 'strict' });
  const request = ask(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}
