/**
 * Checkpoints: a signed statement of a ledger's size and history root in the text form of C2SP
 * tlog-checkpoint over signed-note (c2sp.org/tlog-checkpoint, c2sp.org/signed-note).
 * It must never know how the root was computed, nor who asks for it.
 */

import { concatBytes, equalBytes, utf8 } from '../../bytes/bytes.ts';
import { Refusal } from '../../bytes/refusal.ts';
import { type Hash, sha256 } from '../../crypto/hash.ts';
import { verifyRaw } from '../../crypto/signature.ts';

const ED25519 = 0x01;
const CHECKPOINT_BYTES_MAX = 65_536;

/** `size` blocks, 0 … size − 1, under the RFC 9162 `root` over their ids. */
export interface Checkpoint {
  /** Who keeps the ledger: a schema-less name, also the name of its key. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** The text that is signed; it ends in a newline. */
function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** The origin of a ledger: its name as a host-like word, and the start of its chain. */
export function originOf(name: string, chainHex: string): string {
  const word = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `tallystick/${word}/${chainHex.slice(2, 18)}`;
}

/** Signs with an Ed25519 key over the raw text, as signed-note has it. */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  key: {
    readonly publicKey: Uint8Array;
    signRaw(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
  },
): Promise<string> {
  const text = checkpointText(checkpoint);
  const signature = await key.signRaw(utf8(text));
  const line = concatBytes(keyHash(checkpoint.origin, key.publicKey), signature);
  return `${text}\n— ${checkpoint.origin} ${toBase64(line)}\n`;
}

/**
 * Reads a checkpoint and checks that `publicKey` signed it under its origin's name; signatures of
 * others (witnesses) are passed over. Throws CHECKPOINT_INVALID.
 */
export async function parseCheckpoint(note: string, publicKey: Uint8Array): Promise<Checkpoint> {
  if (note.length > CHECKPOINT_BYTES_MAX) throw invalid('it is too long');
  const split = note.lastIndexOf('\n\n');
  if (split < 0) throw invalid('it has no signature block');
  const text = note.slice(0, split + 1);
  const checkpoint = parseText(text);
  const expected = keyHash(checkpoint.origin, publicKey);
  for (const line of note.slice(split + 2).split('\n')) {
    const [dash, name, encoded, ...rest] = line.split(' ');
    if (dash !== '—' || name !== checkpoint.origin || !encoded || rest.length > 0) continue;
    const bytes = fromBase64(encoded);
    if (bytes.length !== 68 || !equalBytes(bytes.subarray(0, 4), expected)) continue;
    if (await verifyRaw(utf8(text), bytes.subarray(4), publicKey)) return checkpoint;
  }
  throw invalid('it carries no good signature of this key');
}

function parseText(text: string): Checkpoint {
  const [origin, size, root, ...rest] = text.split('\n');
  if (!origin || !size || !root || rest.length < 1) throw invalid('it needs origin, size and root');
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size)) throw invalid('its size must be a plain number');
  const hash = fromBase64(root);
  if (hash.length !== 32 || toBase64(hash) !== root) throw invalid('its root must be 32 bytes');
  return { origin, size: Number(size), root: hash };
}

/** First four bytes of SHA-256(name, newline, algorithm, public key): signed-note's key id. */
function keyHash(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(ED25519), publicKey)).subarray(0, 4);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch (error) {
    throw invalid('it has text that is not base64', error);
  }
}

function invalid(what: string, cause?: unknown): Refusal {
  return new Refusal('CHECKPOINT_INVALID', `the checkpoint does not hold: ${what}`, {
    next: 'ask for a fresh checkpoint, and compare its key with the one in genesis',
    ...(cause === undefined ? {} : { cause }),
  });
}
