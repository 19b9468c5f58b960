/**
 * Who the client is to the node: a token, a session that signing a challenge opens, or a cookie
 * that the browser keeps. It must never sign a challenge that names another node, ledger or key.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Account } from '../../crypto/account.ts';
import { challengeId, parseChallengeText } from '../challenge.ts';
import type { Challenge, SignedIn, SignInRequest } from '../wire-access.ts';
import { shaped } from './shape.ts';

/** Sends to a path of the node without a session, and gives its JSON. */
export type Post = (path: string, body: object, signal: AbortSignal | undefined) => Promise<object>;

export interface Identity {
  readonly account: Account | null;
  readonly token: string | null;
  readonly usesCookie: boolean;
  /** Scheme, host and port of the node, as a challenge must name it. */
  readonly origin: string;
  /** Told of the ledger that the node says it serves. Throws CHAIN_MISMATCH. */
  learn(chain: string): void;
}

export class Session {
  readonly #identity: Identity;
  readonly #post: Post;
  #token: string | null;
  #signingIn: Promise<SignedIn> | null = null;
  /** Whoever signed out stays out until told otherwise. */
  #isOut = false;

  constructor(identity: Identity, post: Post) {
    this.#identity = identity;
    this.#post = post;
    this.#token = identity.token;
  }

  /** The headers that say who asks; none when a cookie does, or nobody is signed in. */
  headers(): Readonly<Record<string, string>> {
    return this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
  }

  /** True where a request should not be sent before signing in. */
  get isNeeded(): boolean {
    const { account, token, usesCookie } = this.#identity;
    if (account === null || token !== null || this.#isOut) return false;
    return !usesCookie && this.#token === null;
  }

  /** True when a session that has ended can be opened again. */
  get canRenew(): boolean {
    return this.#identity.account !== null && this.#identity.token === null && !this.#isOut;
  }

  /** Signs in, once for all who ask meanwhile. */
  renew(): Promise<SignedIn> {
    this.#signingIn ??= this.signIn({}).finally(() => {
      this.#signingIn = null;
    });
    return this.#signingIn;
  }

  /** Throws CHALLENGE_INVALID without signing when the challenge is not for here. */
  async signIn(
    extra: Pick<SignInRequest, 'invite' | 'name'>,
    signal?: AbortSignal,
  ): Promise<SignedIn> {
    const { account, usesCookie } = this.#identity;
    if (account === null) throw signInRequired();
    const publicKey = encodeHex(account.publicKey);
    const asked = await this.#post('/v1/session/challenge', { publicKey }, signal);
    const shape = { text: 'text', id: 'text' } as const;
    const id = this.#check(shaped(asked as Challenge, 'its challenge', shape), publicKey);
    const request: SignInRequest = {
      publicKey,
      challenge: encodeHex(id),
      signature: encodeHex(await account.sign('challenge', id)),
      ...extra,
      ...(usesCookie ? {} : { bearer: true }),
    };
    const signedIn = shaped(
      (await this.#post('/v1/session', request, signal)) as SignedIn,
      'its session',
      usesCookie ? {} : { token: 'text' },
    );
    if (!usesCookie) this.#token = signedIn.token;
    this.#isOut = false;
    return signedIn;
  }

  /** Forgets the session, and opens no other by itself; the node is told by whoever calls this. */
  forget(): void {
    this.#token = this.#identity.token;
    this.#isOut = true;
  }

  #check({ text, id }: Challenge, publicKey: string): Uint8Array {
    const { origin } = this.#identity;
    const fields = parseChallengeText(text);
    if (fields.origin !== origin) throw notOurs(`it is for ${fields.origin}, not ${origin}`);
    if (fields.publicKey !== publicKey) throw notOurs('it is for another key');
    this.#identity.learn(fields.chain);
    const computed = challengeId(text);
    if (!equalBytes(decodeHex(id, 32), computed)) throw notOurs('its id is of another text');
    return computed;
  }
}

function notOurs(what: string): Refusal {
  return new Refusal('CHALLENGE_INVALID', `the challenge was not signed: ${what}`, {
    next: 'do not sign in there; check the address of the node',
  });
}

export function signInRequired(): Refusal {
  return new Refusal('SIGN_IN_REQUIRED', 'this client has no account to sign with', {
    next: 'give `connect` an account',
  });
}
