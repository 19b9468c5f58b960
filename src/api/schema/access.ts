/**
 * Access over HTTP: challenges, sessions, tokens, invites, members; schemas both ways.
 * It must never know how a secret is made or kept.
 */

import { z } from 'zod';
import type * as wire from '../../client/wire.ts';
import { address, hash, publicKey, time } from './common.ts';

const NAME_LENGTH_MAX = 100;
const HOURS_MAX = 24 * 30;
const DAYS_MAX = 366;
const ROLES_MAX = 32;

const name = z.string().trim().min(1).max(NAME_LENGTH_MAX);
const role = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}(?::[a-z][A-Za-z0-9_]{0,47})?$/)
  .refine((word) => word !== 'owner', { message: 'nobody is made the owner' });
const roles = z.array(role).min(1).max(ROLES_MAX);
const secret = z.string().max(200);

export const challengeRequest: z.ZodType<wire.ChallengeRequest> = z
  .strictObject({ publicKey })
  .meta({ id: 'ChallengeRequest' });

export const challenge: z.ZodType<wire.Challenge> = z
  .object({ text: z.string(), id: hash, expires: time })
  .meta({ id: 'Challenge' });

export const signInRequest: z.ZodType<wire.SignInRequest> = z
  .strictObject({
    publicKey,
    challenge: hash,
    signature: z.string().regex(/^0x[0-9a-f]{128}$/),
    invite: secret.exactOptional(),
    name: name.exactOptional(),
    bearer: z.boolean().exactOptional(),
  })
  .meta({ id: 'SignInRequest' });

const session = z.object({
  address,
  publicKey,
  name: z.string(),
  roles: z.array(z.string()),
  expires: time,
});

export const sessionView: z.ZodType<wire.SessionView> = session.meta({ id: 'SessionView' });

export const signedIn: z.ZodType<wire.SignedIn> = session
  .extend({ token: z.string().nullable() })
  .meta({ id: 'SignedIn' });

export const inviteRequest: z.ZodType<wire.InviteRequest> = z
  .strictObject({ name, roles, hours: z.int().min(1).max(HOURS_MAX).exactOptional() })
  .meta({ id: 'InviteRequest' });

export const invite: z.ZodType<wire.Invite> = z
  .object({ link: z.string(), expires: time })
  .meta({ id: 'Invite' });

export const tokenRequest: z.ZodType<wire.TokenRequest> = z
  .strictObject({ name, roles, days: z.int().min(1).max(DAYS_MAX).exactOptional() })
  .meta({ id: 'TokenRequest' });

const token = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  address,
  created: time,
  expires: time,
});

export const tokenView: z.ZodType<wire.TokenView> = token.meta({ id: 'TokenView' });

export const newToken: z.ZodType<wire.NewToken> = token
  .extend({ token: z.string() })
  .meta({ id: 'NewToken' });

export const tokenParameters: z.ZodType<{ id: string }> = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
});

export const memberView: z.ZodType<wire.MemberView> = z
  .object({
    address,
    publicKey,
    name: z.string(),
    roles: z.array(z.string()),
    active: z.boolean(),
    since: time,
  })
  .meta({ id: 'MemberView' });
