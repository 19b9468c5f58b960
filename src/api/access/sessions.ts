/**
 * Challenges that wait for their answer and sessions that were opened by one, in memory.
 * It must never know a role, nor outlive the node.
 */

import { Refusal } from '../../bytes/refusal.ts';
import { hashSecret, makeSecret } from './secret.ts';

export interface WaitingChallenge {
  readonly id: string;
  readonly publicKey: string;
  readonly origin: string;
  readonly expires: number;
}

export interface Session {
  /** Of its secret. */
  readonly hash: string;
  readonly address: string;
  readonly publicKey: string;
  readonly began: number;
  lastUsed: number;
}

const CHALLENGE_MS = 2 * 60_000;
const IDLE_MS = 30 * 60_000;
const SESSION_MS = 12 * 60 * 60_000;
const CHALLENGES_MAX = 16_384;
const CHALLENGES_OF_ONE_MAX = 64;
const SESSIONS_MAX = 16_384;
const SESSIONS_OF_ONE_MAX = 64;

export class Challenges {
  readonly #now: () => number;
  readonly #byId = new Map<string, WaitingChallenge & { readonly from: string }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get expires(): number {
    return this.#now() + CHALLENGE_MS;
  }

  /** `from` is where the request came from: its oldest give way. Throws OVERLOADED. */
  add(challenge: WaitingChallenge, from: string): void {
    this.#dropExpired();
    const own = [...this.#byId.values()].filter((waiting) => waiting.from === from);
    const [oldest] = own;
    if (oldest !== undefined && own.length >= CHALLENGES_OF_ONE_MAX) this.#byId.delete(oldest.id);
    if (this.#byId.size >= CHALLENGES_MAX) {
      throw new Refusal('OVERLOADED', 'too many are signing in', { next: 'try again in a minute' });
    }
    this.#byId.set(challenge.id, { ...challenge, from });
  }

  /** Gives a challenge once. */
  take(id: string): WaitingChallenge | undefined {
    const found = this.#byId.get(id);
    this.#byId.delete(id);
    return found !== undefined && found.expires > this.#now() ? found : undefined;
  }

  #dropExpired(): void {
    const now = this.#now();
    for (const { id, expires } of this.#byId.values()) {
      // In the order in which they were made, and so in which they end.
      if (expires > now) return;
      this.#byId.delete(id);
    }
  }
}

export class Sessions {
  readonly #now: () => number;
  readonly #byHash = new Map<string, Session>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get count(): number {
    return this.#byHash.size;
  }

  open(address: string, publicKey: string): { readonly secret: string; readonly session: Session } {
    this.#makeRoom(address);
    const secret = makeSecret('session');
    const began = this.#now();
    const hash = hashSecret(secret);
    const session: Session = { hash, address, publicKey, began, lastUsed: began };
    this.#byHash.set(hash, session);
    return { secret, session };
  }

  /** The session of a secret, used now; undefined when it has ended or never was. */
  use(secret: string): Session | undefined {
    const hash = hashSecret(secret);
    const session = this.#byHash.get(hash);
    if (session === undefined) return undefined;
    const now = this.#now();
    if (!isLive(session, now)) {
      this.#byHash.delete(hash);
      return undefined;
    }
    session.lastUsed = now;
    return session;
  }

  /** Whether a session is still open, without using it. */
  isOpen(hash: string): boolean {
    const session = this.#byHash.get(hash);
    return session !== undefined && isLive(session, this.#now());
  }

  close(hash: string): void {
    this.#byHash.delete(hash);
  }

  /** What has ended goes, then the oldest of the same key, then the oldest of all. */
  #makeRoom(address: string): void {
    const own = [...this.#byHash.values()].filter((session) => session.address === address);
    if (own.length < SESSIONS_OF_ONE_MAX && this.#byHash.size < SESSIONS_MAX) return;
    const now = this.#now();
    for (const session of this.#byHash.values()) {
      if (!isLive(session, now)) this.#byHash.delete(session.hash);
    }
    const live = own.filter(({ hash }) => this.#byHash.has(hash));
    if (live.length >= SESSIONS_OF_ONE_MAX) this.#byHash.delete(live[0]?.hash ?? '');
    if (this.#byHash.size < SESSIONS_MAX) return;
    const [oldest] = this.#byHash.keys();
    if (oldest !== undefined) this.#byHash.delete(oldest);
  }
}

/** When a session ends at the latest. */
export function endOf({ began }: Session): number {
  return began + SESSION_MS;
}

function isLive(session: Session, now: number): boolean {
  return now < endOf(session) && now < session.lastUsed + IDLE_MS;
}
