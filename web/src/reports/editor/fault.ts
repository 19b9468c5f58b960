/**
 * Where a query is wrong: the database's words, as a place in the text. It must never mark a place
 * that the database did not name.
 */

import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import { isRefusal } from 'tallystick/client';

export interface Fault {
  readonly from: number;
  readonly to: number;
}

export const showFault = StateEffect.define<Fault | null>();

const MARK = Decoration.mark({ class: 'cm-fault' });

/** The mark goes as soon as the text changes. */
export const faultField: StateField<DecorationSet> = StateField.define({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    let next = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(showFault)) continue;
      const fault = effect.value;
      const isInside = fault !== null && fault.to <= transaction.newDoc.length;
      next = isInside ? Decoration.set([MARK.range(fault.from, fault.to)]) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** What SQLite and PostgreSQL quote of the query. */
const QUOTED = [
  /near "([^"]+)"/,
  /no such (?:column|table|function): (?:\w+\.)*(\w+)/,
  /ambiguous column name: (?:\w+\.)*(\w+)/,
  /(?:column|relation|table) "?(?:\w+\.)*(\w+)"? does not exist/,
  /misuse of (?:aggregate|window function)(?: function)?:? (\w+)/,
  /unrecognized token: "([^"]+)"/,
] as const;

/** Null where the error names no place. */
export function faultOf(query: string, error: unknown): Fault | null {
  if (!isRefusal(error)) return null;
  const { position } = error.data;
  if (typeof position === 'number' && position >= 1 && position <= query.length) {
    const word = /^\w+/.exec(query.slice(position - 1))?.[0] ?? ' ';
    return { from: position - 1, to: position - 1 + word.length };
  }
  const word = QUOTED.map((form) => form.exec(error.message)?.[1]).find((one) => one !== undefined);
  const from = word === undefined ? -1 : lastWord(query, word);
  return word === undefined || from < 0 ? null : { from, to: from + word.length };
}

/** A whole word, outside comments; the last one, because what is before it could be read. */
function lastWord(query: string, word: string): number {
  const plain = query.replace(/--[^\n]*/g, (comment) => ' '.repeat(comment.length)).toLowerCase();
  const wanted = word.toLowerCase();
  let found = -1;
  for (let at = plain.indexOf(wanted); at >= 0; at = plain.indexOf(wanted, at + 1)) {
    const isWhole =
      !/\w/.test(plain[at - 1] ?? ' ') && !/\w/.test(plain[at + wanted.length] ?? ' ');
    if (isWhole || !/^\w+$/.test(wanted)) found = at;
  }
  return found;
}

/** `line 3, column 12`. */
export function placeOf(query: string, { from }: Fault): string {
  const lines = query.slice(0, from).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
