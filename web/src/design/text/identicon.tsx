/**
 * A picture of an address: five by five cells, mirrored, in two of the address's own colours.
 * It must never stand alone: the address or a name is beside it.
 */

import type { ReactNode } from 'react';
import classes from './text.module.css';

const SIDE = 5;
const HALF = 3;

/** The same address gives the same picture everywhere; `size` in pixels. */
export function Identicon({ address, size = 18 }: { address: string; size?: number }): ReactNode {
  const bytes = bytesOf(address);
  const [first, second] = coloursOf(bytes);
  return (
    <svg
      className={classes.identicon}
      width={size}
      height={size}
      viewBox={`-0.5 -0.5 ${SIDE + 1} ${SIDE + 1}`}
      aria-hidden="true"
    >
      {cellsOf(bytes).map(({ x, y, accent }) => (
        <rect
          key={`${x}.${y}`}
          x={x}
          y={y}
          width={1.02}
          height={1.02}
          fill={accent ? second : first}
        />
      ))}
    </svg>
  );
}

function bytesOf(address: string): number[] {
  return (address.match(/[0-9a-f]{2}/g) ?? []).slice(1).map((pair) => Number.parseInt(pair, 16));
}

/** Two hues a good way apart, of a lightness that holds on paper and on ink. */
function coloursOf(bytes: readonly number[]): [string, string] {
  const hue = Math.round(((bytes[0] ?? 0) / 256) * 360);
  const other = (hue + 70 + (bytes[1] ?? 0) / 2) % 360;
  return [`hsl(${hue} 46% 46%)`, `hsl(${Math.round(other)} 58% 58%)`];
}

function cellsOf(bytes: readonly number[]): { x: number; y: number; accent: boolean }[] {
  const cells: { x: number; y: number; accent: boolean }[] = [];
  for (let at = 0; at < SIDE * HALF; at += 1) {
    const byte = bytes[2 + at] ?? 0;
    if (byte % 8 < 3) continue;
    const [x, y] = [at % HALF, Math.floor(at / HALF)];
    const accent = byte > 190;
    cells.push({ x, y, accent });
    if (x !== SIDE - 1 - x) cells.push({ x: SIDE - 1 - x, y, accent });
  }
  return cells;
}
