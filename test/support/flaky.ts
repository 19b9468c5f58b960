/**
 * A wire that loses, repeats and delays what is sent through it, from a seed.
 * It must never change a byte of it: that is what signatures are for.
 */

export interface Flaws {
  /** The request was lost on its way. */
  lost: number;
  /** It arrived, and the answer was lost. */
  unanswered: number;
  /** The same was sent twice at once. */
  doubled: number;
  /** Something sent long ago arrived again. */
  replayed: number;
}

/** Mulberry32: a number from 0 to 1, the same sequence for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const NO_FLAWS: Readonly<Flaws> = { lost: 0, unanswered: 0, doubled: 0, replayed: 0 };

/** `submit` through such a wire; what goes wrong is counted in `flaws`. */
export function flakySubmit<R>(
  submit: (envelope: Uint8Array) => Promise<R>,
  random: () => number,
  flaws: Flaws,
): (envelope: Uint8Array) => Promise<R> {
  const sent: Uint8Array[] = [];
  return async (envelope) => {
    const dice = random();
    if (dice < 0.05) {
      flaws.lost++;
      throw new Error('connection lost before it was sent');
    }
    const old = sent[Math.floor(random() * sent.length)];
    if (old !== undefined && dice > 0.9) {
      flaws.replayed++;
      // Whoever replays it is told that it is on the ledger, and nobody else is.
      submit(old).catch(() => undefined);
    }
    sent.push(envelope);
    const answer = submit(envelope);
    if (dice < 0.1) {
      flaws.unanswered++;
      await answer.catch(() => undefined);
      throw new Error('connection lost before it was answered');
    }
    if (dice < 0.2) {
      flaws.doubled++;
      await Promise.allSettled([answer, submit(envelope)]);
    }
    return answer;
  };
}
