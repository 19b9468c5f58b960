/**
 * `j` and `k` (or the arrows, once inside) move between the rows of a table; Enter is the row's.
 * It must never take a key from somebody who is typing.
 */

import { type RefObject, useEffect } from 'react';
import { isTyping } from '../keys.ts';

/** Rows carry `data-index`; `reveal` brings one into view before it is focused. */
export function useRowKeys(
  body: RefObject<HTMLElement | null>,
  count: number,
  reveal: (index: number) => void,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const step = stepOf(event, body.current);
      if (step === 0) return;
      event.preventDefault();
      const focused = document.activeElement?.closest('tr[data-index]');
      const at = focused instanceof HTMLElement ? Number(focused.dataset.index) : -1;
      const to = Math.min(Math.max(at + step, 0), count - 1);
      const row = body.current?.querySelector<HTMLElement>(`tr[data-index="${to}"]`);
      if (row === null || row === undefined) reveal(to);
      else row.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [body, count, reveal]);
}

function stepOf(event: KeyboardEvent, body: HTMLElement | null): number {
  if (event.key === 'j') return 1;
  if (event.key === 'k') return -1;
  if (body === null || !body.contains(document.activeElement)) return 0;
  if (event.key === 'ArrowDown') return 1;
  return event.key === 'ArrowUp' ? -1 : 0;
}
