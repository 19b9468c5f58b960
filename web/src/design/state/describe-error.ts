/**
 * What an error says to people: its sentence, its code, and what to do next.
 * It must never guess: an error of no code is ours, and says so.
 */

import { isRefusal } from 'tallystick/client';

export interface ErrorWords {
  readonly title: string;
  readonly code: string;
  readonly next: string | null;
  /** The request's id in the node's log. */
  readonly request: string | null;
}

export function describeError(error: unknown): ErrorWords {
  if (isRefusal(error)) {
    const request = error.data.request;
    return {
      title: sentence(error.message),
      code: error.code,
      next: error.next === undefined ? null : sentence(error.next),
      request: typeof request === 'string' ? request : null,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const next = 'This is a mistake of the console. Reload the page; if it stays, report it.';
  return { title: sentence(message), code: 'CONSOLE_ERROR', next, request: null };
}

function sentence(text: string): string {
  const capital = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}
