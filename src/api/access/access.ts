/**
 * Who is asking, and signing in (H11 to H17): the one place that turns a secret into a member.
 * It must never know a path, nor keep what it is told beyond its hash.
 */

import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { isRefusal, Refusal } from '../../bytes/refusal.ts';
import { challengeId, challengeText } from '../../client/challenge.ts';
import type * as wire from '../../client/wire.ts';
import { addressOf } from '../../crypto/account.ts';
import { verify } from '../../crypto/signature.ts';
import type { Ledger } from '../../node/ledger.ts';
import type { LedgerView, Member } from '../../node/view/view.ts';
import { FailedSignIns } from './failures.ts';
import { Grants, type StoredInvite, tokenView } from './grants.ts';
import { covers } from './roles.ts';
import { makeNonce } from './secret.ts';
import { Challenges, endOf, type Session, Sessions } from './sessions.ts';

/** Whoever a request comes from. */
export interface Caller {
  readonly address: string;
  readonly publicKey: string;
  readonly name: string;
  /** What counts: of a token's roles those that its member has too. */
  readonly roles: readonly string[];
  /** How the request is known. Only a cookie is sent by a browser of itself. */
  readonly via: 'cookie' | 'bearer' | 'token';
  /** Hash of the secret: the name of a session or token where none may be known. */
  readonly hash: string;
  readonly expires: number;
}

/** Where a sign-in comes from. */
export interface Visitor {
  readonly origin: string;
  readonly ip: string;
}

const INVITE_HOURS_DEFAULT = 24;
const TOKEN_DAYS_DEFAULT = 30;
const NONCE_BYTES = 16;

export interface AccessParts {
  readonly ledger: Ledger;
  readonly view: LedgerView;
  /** Where tokens and invites are kept; null: in memory. */
  readonly file: string | null;
  readonly now: () => number;
}

export class Access {
  #parts: AccessParts;
  readonly #challenges: Challenges;
  readonly #sessions: Sessions;
  readonly #grants: Grants;
  readonly #failures: FailedSignIns;

  /** Throws CONFIG_INVALID. */
  constructor(parts: AccessParts) {
    const { ledger, file, now } = parts;
    this.#parts = parts;
    this.#challenges = new Challenges(now);
    this.#sessions = new Sessions(now);
    this.#grants = new Grants(file, ledger.chain, now);
    this.#failures = new FailedSignIns(now);
  }

  /** Sessions, tokens and invites go on over the same chain, opened again. */
  replaceLedger(ledger: Ledger, view: LedgerView): void {
    this.#parts = { ...this.#parts, ledger, view };
  }

  get sessions(): number {
    return this.#sessions.count;
  }

  /** Undefined for a secret that is unknown or has ended, or whose member has no role any more. */
  callerOf(secret: string, via: 'cookie' | 'bearer'): Caller | undefined {
    const session = this.#sessions.use(secret);
    if (session !== undefined) return this.#sessionCaller(session, via);
    const token = via === 'bearer' ? this.#grants.token(secret) : undefined;
    if (token === undefined) return undefined;
    const { address, hash, expires } = token;
    const member = this.#memberAt(address);
    const roles = token.roles.filter((role) => covers(member?.roles ?? [], role));
    if (member === undefined || roles.length === 0) return undefined;
    const publicKey = encodeHex(member.publicKey);
    return { address, publicKey, name: token.name, roles, via: 'token', hash, expires };
  }

  /** Whether a caller may still do what it could: for answers that go on for long. */
  isStill(caller: Caller): boolean {
    const { hash, via, address } = caller;
    const isOpen = via === 'token' ? this.#grants.isLive(hash) : this.#sessions.isOpen(hash);
    const roles = this.#memberAt(address)?.roles ?? [];
    return isOpen && caller.roles.every((role) => covers(roles, role));
  }

  challenge(publicKey: string, { origin, ip }: Visitor): wire.Challenge {
    const { name, chain } = this.#parts.ledger;
    const time = this.#parts.now();
    const nonce = encodeHex(makeNonce(NONCE_BYTES));
    const text = challengeText({ name, chain, origin, publicKey, time, nonce });
    const id = encodeHex(challengeId(text));
    const { expires } = this.#challenges;
    this.#challenges.add({ id, publicKey, origin, expires }, ip);
    return { text, id, expires };
  }

  /**
   * Answers a challenge. Throws RATE_LIMITED, CHALLENGE_INVALID, INVITE_INVALID, ACCESS_DENIED, and
   * what keeps a new member off the ledger.
   */
  async signIn(
    request: wire.SignInRequest,
    visitor: Visitor,
  ): Promise<{ readonly secret: string; readonly view: wire.SessionView }> {
    this.#failures.assertFew(visitor.ip);
    try {
      await this.#assertAnswered(request, visitor);
      await this.#admit(request);
      const address = addressOf(decodeHex(request.publicKey, 32));
      if ((this.#memberAt(address)?.roles ?? []).length === 0) throw stranger(address);
      const { secret, session } = this.#sessions.open(address, request.publicKey);
      const caller = this.#sessionCaller(session, 'bearer');
      if (caller === undefined) throw stranger(address);
      return { secret, view: sessionView(caller) };
    } catch (error) {
      if (FAILURES.some((code) => isRefusal(error, code))) this.#failures.add(visitor.ip);
      throw error;
    }
  }

  signOut(caller: Caller): void {
    this.#sessions.close(caller.hash);
  }

  tokensOf({ address }: Caller): wire.TokenView[] {
    return this.#grants.tokensOf(address).map(tokenView);
  }

  /** Throws ACCESS_DENIED for roles that its maker does not have. */
  addToken(caller: Caller, { name, roles, days }: wire.TokenRequest): wire.NewToken {
    const missing = roles.find((role) => !covers(caller.roles, role));
    if (missing !== undefined) {
      throw new Refusal('ACCESS_DENIED', `you do not have the role ${missing} yourself`, {
        data: { role: missing },
        next: 'make a token with roles that you have',
      });
    }
    const { address } = caller;
    return this.#grants.addToken(address, { name, roles, days: days ?? TOKEN_DAYS_DEFAULT });
  }

  /** Throws NOT_FOUND. */
  removeToken({ address }: Caller, id: string): void {
    if (this.#grants.removeToken(address, id)) return;
    throw new Refusal('NOT_FOUND', `you have no token ${id}`, { next: 'check its id' });
  }

  addInvite({ name, roles, hours }: wire.InviteRequest): {
    readonly secret: string;
    readonly expires: number;
  } {
    return this.#grants.addInvite({ name, roles, hours: hours ?? INVITE_HOURS_DEFAULT });
  }

  async #assertAnswered(
    { challenge: id, publicKey, signature }: wire.SignInRequest,
    { origin }: Visitor,
  ): Promise<void> {
    const challenge = this.#challenges.take(id);
    if (challenge === undefined) throw challengeInvalid('it is unknown, answered or too old');
    if (challenge.publicKey !== publicKey) throw challengeInvalid('it was made for another key');
    if (challenge.origin !== origin) throw challengeInvalid(`it was made for ${challenge.origin}`);
    const key = decodeHex(publicKey, 32);
    const holds = await verify('challenge', decodeHex(id, 32), decodeHex(signature, 64), key);
    if (!holds) throw challengeInvalid('the signature is not of this key over its id');
  }

  /** Makes the key of an invite a member. An invite that could not be used is not used up. */
  async #admit({ publicKey, invite: secret, name }: wire.SignInRequest): Promise<void> {
    if (secret === undefined) return;
    const key = decodeHex(publicKey, 32);
    const address = addressOf(key);
    if (address === this.#parts.ledger.owner) return;
    const invite = this.#grants.takeInvite(secret);
    if (invite === undefined) throw inviteInvalid();
    const member = this.#parts.view.member(address);
    try {
      if (member?.active === true) await this.#extend(member, invite);
      else await this.#call('admit', { publicKey: key, ...profileOf(invite, name) });
    } catch (error) {
      this.#grants.returnInvite(invite);
      throw error;
    }
  }

  async #extend(member: Member, invite: StoredInvite): Promise<void> {
    const { address, roles } = member;
    if (invite.roles.every((role) => roles.includes(role))) return;
    await this.#call('change', { address, roles: [...roles, ...invite.roles].join(' ') });
  }

  async #call(method: string, args: Record<string, string | Uint8Array>): Promise<void> {
    await this.#parts.ledger.call({ contract: 'identity', method, args });
  }

  #sessionCaller(session: Session, via: 'cookie' | 'bearer'): Caller | undefined {
    const { address, publicKey, hash } = session;
    const member = this.#memberAt(address);
    if (member === undefined || member.roles.length === 0) return undefined;
    const { name, roles } = member;
    return { address, publicKey, name, roles, via, hash, expires: endOf(session) };
  }

  /** Its roles as of now: none for whoever was retired. */
  #memberAt(address: string): Pick<Member, 'name' | 'roles' | 'publicKey'> | undefined {
    const { ledger, view } = this.#parts;
    const member = view.member(address);
    const roles = member?.active === true ? member.roles : [];
    if (address !== ledger.owner) {
      return member === undefined ? undefined : { ...member, roles };
    }
    const publicKey = view.genesis.engine.owner;
    return { name: member?.name ?? 'owner', publicKey, roles: ['owner', ...roles] };
  }
}

const FAILURES = ['CHALLENGE_INVALID', 'INVITE_INVALID', 'ACCESS_DENIED'] as const;

export function sessionView(caller: Caller): wire.SessionView {
  const { address, publicKey, name, roles, expires } = caller;
  return { address, publicKey, name, roles, expires };
}

/** The name that the invite gives, else the one that its bearer chose. */
function profileOf(invite: StoredInvite, chosen = 'member'): { name: string; roles: string } {
  return { name: invite.name === '' ? chosen : invite.name, roles: invite.roles.join(' ') };
}

function challengeInvalid(what: string): Refusal {
  return new Refusal('CHALLENGE_INVALID', `the challenge is not answered: ${what}`, {
    next: 'ask for a new challenge and sign that one',
  });
}

function inviteInvalid(): Refusal {
  return new Refusal('INVITE_INVALID', 'the link was used already, has ended, or never existed', {
    next: 'ask for a new link; `tally start` prints one',
  });
}

function stranger(address: string): Refusal {
  return new Refusal('ACCESS_DENIED', `${address} is not a member of this ledger`, {
    data: { address },
    next: 'ask an administrator for a link',
  });
}
