/**
 * Tokens and invites, which outlive the node: a small file that only its user may read.
 * It must never hold a secret, only hashes, nor decide what a role allows.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { z } from 'zod';
import { Refusal } from '../../bytes/refusal.ts';
import type { NewToken, TokenView } from '../../client/wire.ts';
import { hashSecret, makeId, makeSecret } from './secret.ts';

const FORMAT = 'tallystick/access/1';
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const TOKENS_OF_ONE_MAX = 100;
const INVITES_MAX = 1_000;

export interface Token extends TokenView {
  readonly hash: string;
}

export interface StoredInvite {
  readonly hash: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly expires: number;
}

const roles = z.array(z.string());
const token: z.ZodType<Token> = z.object({
  id: z.string(),
  hash: z.string(),
  name: z.string(),
  roles,
  address: z.string(),
  created: z.number(),
  expires: z.number(),
});
const invite: z.ZodType<StoredInvite> = z.object({
  hash: z.string(),
  name: z.string(),
  roles,
  expires: z.number(),
});
const file = z.object({
  format: z.literal(FORMAT),
  chain: z.string(),
  tokens: z.array(token),
  invites: z.array(invite),
});

export class Grants {
  readonly #path: string | null;
  readonly #chain: string;
  readonly #now: () => number;
  #tokens = new Map<string, Token>();
  #invites = new Map<string, StoredInvite>();

  /** `path` null keeps them for as long as the node runs. Throws CONFIG_INVALID. */
  constructor(path: string | null, chain: string, now: () => number) {
    this.#path = path;
    this.#chain = chain;
    this.#now = now;
    if (path !== null && existsSync(path)) this.#load(path);
  }

  token(secret: string): Token | undefined {
    const found = this.#tokens.get(hashSecret(secret));
    return found !== undefined && found.expires > this.#now() ? found : undefined;
  }

  isLive(hash: string): boolean {
    return (this.#tokens.get(hash)?.expires ?? 0) > this.#now();
  }

  tokensOf(address: string): Token[] {
    const now = this.#now();
    return [...this.#tokens.values()].filter(
      (token) => token.address === address && token.expires > now,
    );
  }

  /** Throws ACCESS_DENIED when the member has too many. */
  addToken(
    address: string,
    request: { readonly name: string; readonly roles: readonly string[]; readonly days: number },
  ): NewToken {
    if (this.tokensOf(address).length >= TOKENS_OF_ONE_MAX) {
      throw new Refusal('ACCESS_DENIED', `you have ${TOKENS_OF_ONE_MAX} tokens already`, {
        next: 'take back those that are no longer used',
      });
    }
    const secret = makeSecret('token');
    const created = this.#now();
    const made: Token = {
      id: makeId(),
      hash: hashSecret(secret),
      name: request.name,
      roles: [...request.roles],
      address,
      created,
      expires: created + request.days * DAY_MS,
    };
    this.#change(() => this.#tokens.set(made.hash, made));
    return { ...tokenView(made), token: secret };
  }

  /** False when the member has no such token. */
  removeToken(address: string, id: string): boolean {
    const found = this.tokensOf(address).find((own) => own.id === id);
    if (found !== undefined) this.#change(() => this.#tokens.delete(found.hash));
    return found !== undefined;
  }

  addInvite(request: {
    readonly name: string;
    readonly roles: readonly string[];
    readonly hours: number;
  }): { readonly secret: string; readonly expires: number } {
    const secret = makeSecret('invite');
    const expires = this.#now() + request.hours * HOUR_MS;
    const { name, roles } = request;
    const made = { hash: hashSecret(secret), name, roles: [...roles], expires };
    this.#change(() => {
      this.#invites.set(made.hash, made);
      const [oldest] = this.#invites.keys();
      if (oldest !== undefined && this.#invites.size > INVITES_MAX) this.#invites.delete(oldest);
    });
    return { secret, expires };
  }

  /** Gives an invite once. */
  takeInvite(secret: string): StoredInvite | undefined {
    const found = this.#invites.get(hashSecret(secret));
    if (found === undefined || found.expires <= this.#now()) return undefined;
    this.#change(() => this.#invites.delete(found.hash));
    return found;
  }

  /** After an invite was taken and could not be used. */
  returnInvite(invite: StoredInvite): void {
    this.#change(() => this.#invites.set(invite.hash, invite));
  }

  #load(path: string): void {
    const next = 'correct or delete the file; tokens are then made again';
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(path, 'utf8'));
    } catch (cause) {
      throw new Refusal('CONFIG_INVALID', `${path} cannot be read`, { cause, next });
    }
    const parsed = file.safeParse(content);
    if (!parsed.success || parsed.data.chain !== this.#chain) {
      throw new Refusal('CONFIG_INVALID', `${path} is not the access file of this ledger`, {
        next,
      });
    }
    this.#tokens = new Map(parsed.data.tokens.map((own) => [own.hash, own]));
    this.#invites = new Map(parsed.data.invites.map((own) => [own.hash, own]));
  }

  /** What is not on the disk has not happened: a change that cannot be written is taken back. */
  #change(change: () => void): void {
    const before = { tokens: new Map(this.#tokens), invites: new Map(this.#invites) };
    change();
    this.#dropExpired();
    try {
      this.#save();
    } catch (cause) {
      this.#tokens = before.tokens;
      this.#invites = before.invites;
      throw new Refusal('STORAGE_FAILED', 'the access file cannot be written', {
        cause,
        next: 'make room on the disk, or give the node the right to write its folder',
      });
    }
  }

  #dropExpired(): void {
    const now = this.#now();
    for (const { hash, expires } of this.#tokens.values()) {
      if (expires <= now) this.#tokens.delete(hash);
    }
    for (const { hash, expires } of this.#invites.values()) {
      if (expires <= now) this.#invites.delete(hash);
    }
  }

  /** Whole or not at all: the new file takes the name of the old one once it is on the disk. */
  #save(): void {
    if (this.#path === null) return;
    const content = {
      format: FORMAT,
      chain: this.#chain,
      tokens: [...this.#tokens.values()],
      invites: [...this.#invites.values()],
    };
    const unfinished = `${this.#path}.unfinished`;
    rmSync(unfinished, { force: true });
    const descriptor = openSync(unfinished, 'wx', 0o600);
    try {
      writeFileSync(descriptor, `${JSON.stringify(content, null, 2)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, this.#path);
  }
}

/** Without its hash. */
export function tokenView({ id, name, roles, address, created, expires }: Token): TokenView {
  return { id, name, roles, address, created, expires };
}
