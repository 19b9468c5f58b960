/**
 * `POST /v1/transactions`: taking a signed transaction, and saying what became of it (H20 to H22).
 * It must never sign, nor change an envelope.
 */

import type { FastifyReply } from 'fastify';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { isRefusal, Refusal, type RefusalData } from '../../bytes/refusal.ts';
import type * as wire from '../../client/wire.ts';
import { addressOf } from '../../crypto/account.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { SignedTransaction } from '../../ledger/transaction.ts';
import type { Received, ReceiveOptions } from '../../node/mempool/admission.ts';
import type { Caller } from '../access/access.ts';
import { allows, roleFor } from '../access/roles.ts';
import { assertRight } from '../guard/guard.ts';
import { PROBLEMS } from '../schema/answers.ts';
import { submitted } from '../schema/common.ts';
import * as schema from '../schema/ledger.ts';
import type { App } from '../server/app.ts';
import type { Served } from '../server/node.ts';
import { withSubmitted } from '../server/problem.ts';
import { placedAt, submittedView } from '../view/transaction.ts';

/** What would wait longer is refused at once, so that those who are taken are answered soon. */
const WAIT_MS_MAX = 5_000;

export function submitRoutes(app: App, served: Served): void {
  app.register((scope, _options, done) => {
    scope.addContentTypeParser(
      ['application/cbor', 'application/octet-stream'],
      { parseAs: 'buffer' },
      async (_request: unknown, body: Buffer) => new Uint8Array(body),
    );
    submitRoute(scope as unknown as App, served);
    done();
  });
}

function submitRoute(app: App, served: Served): void {
  app.route({
    method: 'POST',
    url: '/v1/transactions',
    config: { access: { kind: 'member' } },
    schema: {
      tags: ['transactions'],
      summary: 'Submit a signed transaction; the same one again is safe',
      consumes: ['application/json', 'application/cbor'],
      querystring: schema.submitQuery,
      body: schema.submitBody,
      response: { 200: submitted, 202: submitted, ...PROBLEMS },
    },
    handler: async (request, reply): Promise<wire.Submitted> => {
      const { body, query, caller } = request;
      const envelope = body instanceof Uint8Array ? body : decodeHex(body.envelope);
      const member = assertRight(caller, { kind: 'member' });
      const options: ReceiveOptions = {
        source: member.address,
        waitMsMax: WAIT_MS_MAX,
        assertMay: (transaction) => assertMayWrite(served, member, transaction),
      };
      if (query.wait === undefined) {
        return accepted(reply, (await served.view.receive(envelope, options)).id);
      }
      return submitAndWait(served, envelope, options, reply);
    },
  });
}

function accepted(reply: FastifyReply, id: Hash): wire.Submitted {
  reply.code(202);
  const nothing = { height: null, position: null, time: null, receipt: null };
  return { id: encodeHex(id), status: 'received', ...nothing };
}

/** Both whoever sends it and whoever signed it may write to every contract that it calls. */
function assertMayWrite({ view }: Served, caller: Caller, transaction: SignedTransaction): void {
  const { from, calls } = transaction;
  const sender = addressOf(from);
  const senderRoles = sender === caller.address ? caller.roles : rolesAt(view, sender);
  for (const contract of new Set(calls.map(([name]) => name))) {
    const right = { kind: 'write', contract } as const;
    assertRight(caller, right);
    if (allows(senderRoles, right)) continue;
    throw new Refusal('ACCESS_DENIED', `the sender ${sender} may not write to ${contract}`, {
      data: { address: sender, role: roleFor(right) },
      next: 'ask an administrator for the role',
    });
  }
}

function rolesAt(view: Served['view'], address: string): readonly string[] {
  const member = view.member(address);
  const roles = member?.active === true ? member.roles : [];
  return address === view.owner ? ['owner', ...roles] : roles;
}

/** 202 when it is not final in time: it waits on. */
async function submitAndWait(
  { view, limits }: Served,
  envelope: Uint8Array,
  options: ReceiveOptions,
  reply: FastifyReply,
): Promise<wire.Submitted> {
  try {
    const received = await view.receive(envelope, options);
    const included = await withinMs(limits.finalMs, received);
    if (included === undefined) return accepted(reply, received.id);
    return succeeded(submittedView(view.contracts, included), included.outcome);
  } catch (error) {
    if (!isRefusal(error, 'TRANSACTION_DUPLICATE')) throw error;
    const { height, position } = error.data;
    const placed = placedAt(view.finalBlock(Number(height)), Number(position));
    const { id } = placed.transaction;
    return succeeded(submittedView(view.contracts, { ...placed, id }), placed.outcome);
  }
}

async function withinMs(
  ms: number,
  { final }: Received,
): Promise<Awaited<Received['final']> | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([final, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Throws TRANSACTION_FAILED with what became of it. */
function succeeded(
  submitted: wire.Submitted,
  outcome: Awaited<Received['final']>['outcome'],
): wire.Submitted {
  if (outcome.ok) return submitted;
  const { code, message, call } = outcome;
  const { id, height, position } = submitted;
  const data: RefusalData = { code, call, id, height, position };
  const refusal = new Refusal('TRANSACTION_FAILED', `${code}: ${message}`, {
    data,
    next: 'nothing changed; the refusal is on the ledger with its receipt',
  });
  throw withSubmitted(refusal, submitted);
}
