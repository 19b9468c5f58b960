/**
 * What travels between a node and its clients about access: `spec/http.md` H10 to H18 in types.
 * It must never hold code, nor a secret's hash.
 */

/** `reader`, `writer`, `admin`, or the first two for one contract: `reader:sales`. */
export type Role = string;

export interface SessionView {
  readonly address: string;
  readonly publicKey: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** The session ends then at the latest. */
  readonly expires: number;
}

export interface ChallengeRequest {
  readonly publicKey: string;
}

/**
 * The client signs `id`, of kind `challenge`, after checking that it is the hash of `text`;
 * `challenge.ts` has the form of the text.
 */
export interface Challenge {
  /** What is signed, in words: ledger, origin, key, time, nonce. */
  readonly text: string;
  readonly id: string;
  readonly expires: number;
}

export interface SignInRequest {
  readonly publicKey: string;
  /** The challenge's `id`. */
  readonly challenge: string;
  readonly signature: string;
  /** A one-time link's secret: makes this key a member first. */
  readonly invite?: string;
  /** The new member's name, with an invite that gives none. */
  readonly name?: string;
  /** Programs ask for the session's secret in the answer; browsers get a cookie. */
  readonly bearer?: boolean;
}

export interface SignedIn extends SessionView {
  /** Only when asked for: goes into `authorization: Bearer …`. */
  readonly token: string | null;
}

export interface InviteRequest {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly hours?: number;
}

/** Said once. */
export interface Invite {
  readonly link: string;
  readonly expires: number;
}

export interface TokenRequest {
  readonly name: string;
  /** At most what its maker may do. */
  readonly roles: readonly Role[];
  readonly days?: number;
}

export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly address: string;
  readonly created: number;
  readonly expires: number;
}

/** `token` is said once. */
export interface NewToken extends TokenView {
  readonly token: string;
}

export interface MemberView {
  readonly address: string;
  readonly publicKey: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly active: boolean;
  /** Block time at which it was admitted. */
  readonly since: number;
}
