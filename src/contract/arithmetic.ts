/**
 * Exact arithmetic for methods: whole numbers only, every rounding named.
 * It must never know what the numbers count.
 */

/** How a result between two whole numbers becomes one. `down` is toward zero, `up` away from it. */
export type Rounding = 'down' | 'up' | 'floor' | 'ceiling' | 'half-up' | 'half-down' | 'half-even';

/** `a × b ÷ c`, exact until the one rounding at the end. `half-…` says what a tie does. */
export function mulDiv(a: bigint, b: bigint, c: bigint, rounding: Rounding): bigint {
  if (c === 0n) throw new RangeError('mulDiv: division by zero');
  const product = a * b;
  const quotient = product / c;
  const rest = product % c;
  if (rest === 0n) return quotient;
  const isNegative = product < 0n !== c < 0n;
  if (!roundsAway(rounding, isNegative, quotient, rest, c)) return quotient;
  return isNegative ? quotient - 1n : quotient + 1n;
}

/** Whether the cut-off quotient moves one away from zero. REQUIRES a rest that is not zero. */
function roundsAway(
  rounding: Rounding,
  isNegative: boolean,
  quotient: bigint,
  rest: bigint,
  divisor: bigint,
): boolean {
  if (rounding === 'down') return false;
  if (rounding === 'up') return true;
  if (rounding === 'floor') return isNegative;
  if (rounding === 'ceiling') return !isNegative;
  const twice = 2n * magnitude(rest);
  const whole = magnitude(divisor);
  if (twice !== whole) return twice > whole;
  if (rounding === 'half-up') return true;
  if (rounding === 'half-down') return false;
  if (rounding === 'half-even') return quotient % 2n !== 0n;
  throw new RangeError(`mulDiv: no such rounding: ${String(rounding)}`);
}

/** The largest whole number not above `a ÷ b`, for counts and times. */
export function floorDiv(a: number, b: number): number {
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) {
    throw new RangeError('floorDiv: only whole numbers');
  }
  if (b === 0) throw new RangeError('floorDiv: division by zero');
  const rest = a % b;
  const quotient = (a - rest) / b;
  return (rest !== 0 && rest < 0 !== b < 0 ? quotient - 1 : quotient) + 0;
}

export function sumOf(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

export function minOf(first: bigint, ...others: readonly bigint[]): bigint {
  let least = first;
  for (const value of others) if (value < least) least = value;
  return least;
}

export function maxOf(first: bigint, ...others: readonly bigint[]): bigint {
  let most = first;
  for (const value of others) if (value > most) most = value;
  return most;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
