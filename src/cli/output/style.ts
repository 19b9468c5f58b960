/**
 * Colour and weight of text, by what it means: never by colour alone.
 * It must never know what is printed.
 */

import { styleText } from 'node:util';
import type { Output } from '../world.ts';

export interface Style {
  title(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  /** An id, an address, a file: what a person copies. */
  name(text: string): string;
}

type Format = Parameters<typeof styleText>[0];

export function styleOf({ hasColor }: Pick<Output, 'hasColor'>): Style {
  const as = (format: Format) => (text: string) =>
    hasColor ? styleText(format, text, { validateStream: false }) : text;
  return {
    title: as('bold'),
    dim: as('dim'),
    good: as('green'),
    bad: as('red'),
    warn: as('yellow'),
    name: as('cyan'),
  };
}
