/**
 * Signing in and out, tokens, invites, members (H11 to H17).
 * It must never decide who is who: `access/` does.
 */

import { encodeHex } from '../../bytes/hex.ts';
import type * as wire from '../../client/wire.ts';
import { sessionView } from '../access/access.ts';
import { assertRight, assertSession, cookieName, isSecure, originOf } from '../guard/guard.ts';
import * as schema from '../schema/access.ts';
import { NOTHING, PROBLEMS } from '../schema/answers.ts';
import { pageOf, pageQuery } from '../schema/common.ts';
import type { App } from '../server/app.ts';
import { decodeCursor, pageOfAll, pageUpTo } from '../server/cursor.ts';
import type { Served } from '../server/node.ts';

const MEMBER = { kind: 'member' } as const;
const tags = ['access'];

export function sessionRoutes(app: App, served: Served): void {
  signInRoutes(app, served);
  tokenRoutes(app, served);
  memberRoutes(app, served);
}

function signInRoutes(app: App, { access }: Served): void {
  app.route({
    method: 'POST',
    url: '/v1/session/challenge',
    config: { access: 'anyone' },
    schema: {
      tags,
      summary: 'A text to sign with the key that signs in',
      body: schema.challengeRequest,
      response: { 200: schema.challenge, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Challenge> => {
      const visitor = { origin: originOf(request), ip: request.ip };
      return access.challenge(request.body.publicKey, visitor);
    },
  });
  app.route({
    method: 'POST',
    url: '/v1/session',
    config: { access: 'anyone' },
    schema: {
      tags,
      summary: 'Sign in: the answer to a challenge',
      body: schema.signInRequest,
      response: { 200: schema.signedIn, ...PROBLEMS },
    },
    handler: async (request, reply): Promise<wire.SignedIn> => {
      const visitor = { origin: originOf(request), ip: request.ip };
      const { secret, view } = await access.signIn(request.body, visitor);
      if (request.body.bearer === true) return { ...view, token: secret };
      reply.setCookie(cookieName(request), secret, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: isSecure(request),
        expires: new Date(view.expires),
      });
      return { ...view, token: null };
    },
  });
  app.route({
    method: 'GET',
    url: '/v1/session',
    config: { access: MEMBER },
    schema: { tags, summary: 'Who one is', response: { 200: schema.sessionView, ...PROBLEMS } },
    handler: async (request): Promise<wire.SessionView> =>
      sessionView(assertRight(request.caller, MEMBER)),
  });
  app.route({
    method: 'DELETE',
    url: '/v1/session',
    config: { access: MEMBER },
    schema: { tags, summary: 'Sign out', response: { 204: NOTHING, ...PROBLEMS } },
    handler: async (request, reply) => {
      access.signOut(assertRight(request.caller, MEMBER));
      const attributes = { path: '/', secure: isSecure(request) };
      return reply.clearCookie(cookieName(request), attributes).code(204).send(null);
    },
  });
}

function tokenRoutes(app: App, { access }: Served): void {
  app.route({
    method: 'GET',
    url: '/v1/tokens',
    config: { access: MEMBER },
    schema: {
      tags,
      summary: "One's own tokens",
      querystring: pageQuery,
      response: { 200: pageOf('TokenPage', schema.tokenView), ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Page<wire.TokenView>> => {
      const tokens = access.tokensOf(assertSession(request.caller, MEMBER));
      return pageOfAll(tokens, request.query, ({ id }) => id);
    },
  });
  app.route({
    method: 'POST',
    url: '/v1/tokens',
    config: { access: MEMBER },
    schema: {
      tags,
      summary: 'Make a token for a program; it is said once',
      body: schema.tokenRequest,
      response: { 200: schema.newToken, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.NewToken> =>
      access.addToken(assertSession(request.caller, MEMBER), request.body),
  });
  app.route({
    method: 'DELETE',
    url: '/v1/tokens/:id',
    config: { access: MEMBER },
    schema: {
      tags,
      summary: 'Take a token back',
      params: schema.tokenParameters,
      response: { 204: NOTHING, ...PROBLEMS },
    },
    handler: async (request, reply) => {
      access.removeToken(assertSession(request.caller, MEMBER), request.params.id);
      return reply.code(204).send(null);
    },
  });
}

function memberRoutes(app: App, { access, view, linkOf }: Served): void {
  const ADMIN = { kind: 'admin' } as const;
  app.route({
    method: 'POST',
    url: '/v1/invites',
    config: { access: ADMIN },
    schema: {
      tags,
      summary: 'Make a link that makes one key a member, once',
      body: schema.inviteRequest,
      response: { 200: schema.invite, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Invite> => {
      assertSession(request.caller, ADMIN);
      const { secret, expires } = access.addInvite(request.body);
      return { link: linkOf(secret), expires };
    },
  });
  app.route({
    method: 'GET',
    url: '/v1/members',
    config: { access: { kind: 'read', contract: 'identity' } },
    schema: {
      tags,
      summary: 'Members by address, also those that were retired',
      querystring: pageQuery,
      response: { 200: pageOf('MemberPage', schema.memberView), ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Page<wire.MemberView>> => {
      const { limit, cursor } = request.query;
      const after = cursor === undefined ? null : String(decodeCursor(cursor, ['string'])[0]);
      const found = view.members(after, limit + 1).map((member) => ({
        ...member,
        publicKey: encodeHex(member.publicKey),
      }));
      return pageUpTo(found, limit, ({ address }) => [address]);
    },
  });
}
