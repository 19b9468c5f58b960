/**
 * Times as text: ISO 8601 out; in, with a zone in the text or one that the caller names.
 * It must never run inside a method, nor guess a zone.
 */

const DATE = /^(\d{4}|[+-]\d{6})-(\d{2})-(\d{2})/;
const CLOCK = /^[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?/;
const ZONE = /^(?:Z|[+-]\d{2}:?\d{2})$/;
/** Whole milliseconds; shorter numbers are likelier a date or seconds, and are not guessed at. */
const MILLISECONDS = /^-?\d{12,16}$/;
const DAY_MS = 86_400_000;

export function formatTime(time: number): string {
  return new Date(time).toISOString();
}

/** Milliseconds since 1970, or why the text is no time. Nothing is guessed. */
export function parseTime(text: string, timeZone: string | undefined): number | string {
  if (MILLISECONDS.test(text)) return Number(text);
  const date = DATE.exec(text);
  const rest = text.slice(date?.[0].length);
  const clock = CLOCK.exec(rest);
  const zone = rest.slice(clock?.[0].length ?? 0);
  if (date === null || (zone !== '' && !ZONE.test(zone))) {
    return 'not a time such as 2024-01-31T08:15:00Z';
  }
  const [dateText] = date;
  const [, hour = '00', minute = '00', second = '00', fraction = ''] = clock ?? [];
  const midnight = midnightOf(dateText);
  const isClock = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (midnight === undefined || !isClock) return 'no such day or hour';
  const seconds = 3600 * Number(hour) + 60 * Number(minute) + Number(second);
  const local = midnight + 1000 * seconds + Number(fraction.padEnd(3, '0'));
  if (zone !== '') return local - zoneOffset(zone);
  if (timeZone === undefined) return 'without a zone; end it with Z or +02:00, or name a time zone';
  return fromZone(local, timeZone);
}

/** The last date read, because the lines of a file are mostly of one day: a fifth of the time. */
let lastDate: { readonly text: string; readonly midnight: number | undefined } | undefined;

/** Undefined for a date that does not exist: it is read as one that does, or not at all. */
function midnightOf(text: string): number | undefined {
  if (lastDate?.text === text) return lastDate.midnight;
  const written = `${text}T00:00:00.000Z`;
  const time = Date.parse(written);
  const midnight = !Number.isNaN(time) && formatTime(time) === written ? time : undefined;
  lastDate = { text, midnight };
  return midnight;
}

/** `+02:00` or `Z` in milliseconds. */
function zoneOffset(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = 60 * Number(zone.slice(1, 3)) + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -60_000 : 60_000) * minutes;
}

/** The last day asked for, because the lines of a file are mostly of one day. */
let lastDay: { readonly zone: string; readonly day: number; readonly offset: number } | undefined;

/** A wall-clock reading in a zone. Of the two in the hour that a clock repeats, the first. */
function fromZone(local: number, timeZone: string): number | string {
  const day = Math.floor(local / DAY_MS);
  if (lastDay?.zone === timeZone && lastDay.day === day) return local - lastDay.offset;
  const early = offsetAt(timeZone, (day - 1) * DAY_MS);
  const late = offsetAt(timeZone, (day + 2) * DAY_MS);
  if (early === undefined || late === undefined)
    return `in a time zone that is not known, ${timeZone}`;
  if (early === late) {
    lastDay = { zone: timeZone, day, offset: early };
    return local - early;
  }
  const first = local - Math.max(early, late);
  if (offsetAt(timeZone, first) === Math.max(early, late)) return first;
  const second = local - Math.min(early, late);
  if (offsetAt(timeZone, second) === Math.min(early, late)) return second;
  return `a time that clocks in ${timeZone} skip`;
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** How far a zone's clocks are ahead of UTC at an instant, in ms; undefined for no such zone. */
function offsetAt(timeZone: string, time: number): number | undefined {
  if (!formats.has(timeZone)) formats.set(timeZone, formatOf(timeZone));
  const format = formats.get(timeZone);
  if (format === undefined) return undefined;
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(time)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}
