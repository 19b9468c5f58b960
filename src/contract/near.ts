/**
 * Names near a name that is not known, for messages that help.
 * It must never know what the names name.
 */

/** `did you mean price?` or `known: a, b, c`, or nothing when there are no names. */
export function suggest(name: string, known: readonly string[]): string {
  const near = nearNames(name, known);
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`;
  if (known.length === 0) return 'there are none';
  const shown = known.slice(0, SHOWN_MAX).join(', ');
  return `known: ${shown}${known.length > SHOWN_MAX ? ', …' : ''}`;
}

const SHOWN_MAX = 8;
const COMPARED_MAX = 64;

/** At most three names within a third of the length in edits, the nearest first. */
function nearNames(name: string, known: readonly string[]): string[] {
  if (name.length > COMPARED_MAX) return [];
  const scored = known
    .map((candidate) => ({ candidate, edits: editDistance(lower(name), lower(candidate)) }))
    .filter(({ candidate, edits }) => 3 * edits <= Math.max(name.length, candidate.length, 3));
  scored.sort((a, b) => a.edits - b.edits);
  return scored.slice(0, 3).map(({ candidate }) => candidate);
}

function lower(text: string): string {
  return text.toLowerCase();
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}
