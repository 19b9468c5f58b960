/**
 * Measuring on a machine that others use too: cases take turns, several rounds, medians count.
 * It must never know what is measured.
 */

/** Gives a rate per second, of what it timed itself. */
export interface Case {
  readonly name: string;
  run(round: number): Promise<number>;
}

export type Samples = ReadonlyMap<string, readonly number[]>;

/** Runs all cases once a round, in turning order, after `warmUp` rounds that do not count. */
export async function interleave(
  cases: readonly Case[],
  rounds: number,
  say: (what: string) => void,
  warmUp = 1,
): Promise<Samples> {
  const samples = new Map(cases.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUp; round < rounds; round++) {
    const order = round % 2 === 0 ? cases : [...cases].reverse();
    for (const { name, run } of order) {
      say(`round ${round + warmUp + 1} of ${rounds + warmUp}: ${name}`);
      collect();
      const rate = await run(round);
      if (round >= 0) samples.get(name)?.push(rate);
    }
  }
  return samples;
}

/** Garbage of one case is not the next one's time. */
function collect(): void {
  globalThis.gc?.();
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === undefined || high === undefined) return Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** Things per second. */
export async function rateOf(count: number, work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (count / (performance.now() - start)) * 1e3;
}

/** The named case's samples. */
export function samplesOf(samples: Samples, name: string): readonly number[] {
  const found = samples.get(name);
  if (found === undefined) throw new Error(`assertion: no case ${name}`);
  return found;
}

/** Combines cases round by round: `add(seconds of each)`. */
export function combine(
  samples: Samples,
  names: readonly string[],
  add: (...rates: number[]) => number,
): number[] {
  const columns = names.map((name) => samplesOf(samples, name));
  const [first = []] = columns;
  return first.map((_, round) => add(...columns.map((column) => column[round] ?? 0)));
}

/** Calls `work(0 … count − 1)`, `atOnce` of them under way. */
export async function inParallel(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
}
