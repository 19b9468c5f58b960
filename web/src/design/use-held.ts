/**
 * Keeps what is shown as it is while the pointer is over it: nothing moves under the pointer.
 * It must never lose anything: what came meanwhile is shown when the pointer leaves.
 */

import { useState } from 'react';

export interface Held<T> {
  readonly value: T;
  /** For the element around what is shown. */
  readonly hold: { readonly onPointerEnter: () => void; readonly onPointerLeave: () => void };
}

export function useHeld<T>(latest: T): Held<T> {
  const [held, setHeld] = useState<{ readonly value: T }>();
  return {
    value: held === undefined ? latest : held.value,
    hold: {
      onPointerEnter: () => setHeld({ value: latest }),
      onPointerLeave: () => setHeld(undefined),
    },
  };
}
