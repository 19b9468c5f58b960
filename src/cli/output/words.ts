/**
 * Numbers, times and sizes as people read them, alike in every command.
 * It must never know where a number comes from, nor a locale: output is the same everywhere.
 */

/** `1 line`, `8,285 lines`. */
export function count(number: number, noun: string, plural: string = `${noun}s`): string {
  return `${grouped(number)} ${number === 1 ? noun : plural}`;
}

/** `8,285`; exact for every size of integer. */
export function grouped(number: number | bigint): string {
  const digits = String(number);
  const [whole = '', ...rest] = digits.split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.');
}

/** `2019-07-11 06:35:00 UTC`; milliseconds only where there are some. */
export function utc(timeMs: number): string {
  const text = new Date(timeMs).toISOString().replace('T', ' ');
  return text.replace(/(?:\.000)?Z$/, ' UTC');
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `812 bytes`, `1.2 MB`. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** How many a second, of what took `ms`. */
export function rate(done: number, ms: number): number {
  return Math.round((done * 1000) / Math.max(1, ms));
}
