/**
 * The challenge of a sign-in: the text that a node asks a key to sign, made and read alike on both
 * sides (H11). It must never know a session, nor keep a key.
 */

import { utf8 } from '../bytes/bytes.ts';
import { Refusal } from '../bytes/refusal.ts';
import { type Hash, hash } from '../crypto/hash.ts';

export interface ChallengeFields {
  /** Name of the ledger, for the person who reads the text. */
  readonly name: string;
  /** Genesis hash of the ledger, `0x…`. */
  readonly chain: string;
  /** Scheme, host and port of the node, as a browser's `origin`. */
  readonly origin: string;
  readonly publicKey: string;
  /** When it was made, ms since 1970. */
  readonly time: number;
  /** 16 random bytes or more, `0x…`. */
  readonly nonce: string;
}

export function challengeText(fields: ChallengeFields): string {
  const { name, chain, origin, publicKey, time, nonce } = fields;
  return [
    `Sign in to the ledger ${JSON.stringify(name)}`,
    `chain: ${chain}`,
    `origin: ${origin}`,
    `key: ${publicKey}`,
    `time: ${new Date(time).toISOString()}`,
    `nonce: ${nonce}`,
    '',
  ].join('\n');
}

/** What is signed, as kind `challenge`. REQUIRES well-formed text. */
export function challengeId(text: string): Hash {
  return hash('tallystick/challenge/1', utf8(text));
}

const FORM: RegExp = new RegExp(
  [
    /^Sign in to the ledger (?<name>"[^\n]*")\n/,
    /chain: (?<chain>0x[0-9a-f]{64})\n/,
    /origin: (?<origin>[^\s]{1,512})\n/,
    /key: (?<publicKey>0x[0-9a-f]{64})\n/,
    /time: (?<time>[0-9TZ:.+-]{24,27})\n/,
    /nonce: (?<nonce>0x[0-9a-f]{32,128})\n$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

/** Reads a text that `challengeText` made, and no other. Throws CHALLENGE_INVALID. */
export function parseChallengeText(text: string): ChallengeFields {
  const groups = text.length <= TEXT_LENGTH_MAX ? FORM.exec(text)?.groups : undefined;
  if (groups === undefined) throw invalid('it is not the text of a challenge');
  const { chain = '', origin = '', publicKey = '', time = '', nonce = '' } = groups;
  const fields = {
    ...{ name: parseName(groups.name ?? ''), chain, origin, publicKey, nonce },
    time: Date.parse(time),
  };
  if (Number.isNaN(fields.time) || challengeText(fields) !== text) {
    throw invalid('it is written in another way');
  }
  return fields;
}

const TEXT_LENGTH_MAX = 4096;

function parseName(quoted: string): string {
  try {
    const name: unknown = JSON.parse(quoted);
    if (typeof name === 'string' && name.isWellFormed()) return name;
  } catch (cause) {
    throw invalid('its name is not quoted text', cause);
  }
  throw invalid('its name is not well-formed text');
}

function invalid(what: string, cause?: unknown): Refusal {
  return new Refusal('CHALLENGE_INVALID', `the challenge cannot be signed: ${what}`, {
    next: 'do not sign it; check the address of the node',
    ...(cause === undefined ? {} : { cause }),
  });
}
