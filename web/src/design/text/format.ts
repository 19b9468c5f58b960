/**
 * Numbers, sizes, ages and hashes as people read them.
 * It must never know the time: it is given both ends.
 */

const NUMBER = new Intl.NumberFormat('en');
const SMALL = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const LOCAL = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** 1204883 → `1,204,883`. */
export function formatCount(count: number): string {
  return NUMBER.format(count);
}

/** A count and its word: `1 block`, `12 blocks`. */
export function plural(count: number, word: string, words: string = `${word}s`): string {
  return `${formatCount(count)} ${count === 1 ? word : words}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${SMALL.format(bytes / 1000)} kB`;
  return `${SMALL.format(bytes / 1_000_000)} MB`;
}

/** A rate by the second; below one, three digits that still say something. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0 || perSecond >= 100) return formatCount(Math.round(perSecond));
  return perSecond >= 1 ? SMALL.format(perSecond) : perSecond.toPrecision(2);
}

/** `0x5b1e03…a7c4`: both ends, the middle left out. */
export function shorten(hash: string, head: number = 6, tail: number = 4): string {
  const from = hash.startsWith('0x') ? 2 : 0;
  if (hash.length <= from + head + tail + 1) return hash;
  return `${hash.slice(0, from + head)}…${hash.slice(-tail)}`;
}

/** How long ago, in one unit; a day and more becomes the date. */
export function formatAge(time: number, now: number): string {
  const seconds = Math.round((now - time) / 1000);
  if (seconds < -5) return formatLocal(time);
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return DAY.format(time);
}

export function formatLocal(time: number): string {
  return LOCAL.format(time);
}

/** `2026-11-22 18:55:26.120 UTC`. */
export function formatUtc(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', ' UTC');
}
