/**
 * Ends its process when the deadline it shares with it has passed, or memory runs out: a query
 * inside SQLite hears nothing, not even that its process's parent is gone.
 * It must never run where anything but queries would be lost.
 */

import { workerData } from 'node:worker_threads';

const LOOK_MS = 100;
/** Of the whole process, of which the rows it sorts and the values it builds are part. */
const RESIDENT_BYTES_MAX = 805_306_368;

/** Seconds since 1970, or 0 where nothing is under way. Never changed here. */
const deadline = workerData as Int32Array;
const never = new Int32Array(new SharedArrayBuffer(4));

for (;;) {
  Atomics.wait(never, 0, 0, LOOK_MS);
  const seconds = Atomics.load(deadline, 0);
  if (seconds !== 0 && Date.now() / 1000 > seconds) process.kill(process.pid, 'SIGKILL');
  // Another signal, so that who waits for an answer can say why there is none.
  if (process.memoryUsage.rss() > RESIDENT_BYTES_MAX) process.kill(process.pid, 'SIGTERM');
}
