/**
 * Checks of car parts by many controllers at once. Each controller has a lane: a chain of checks in
 * which each names the one before, so that none can be slipped in, left out or recorded twice.
 * It must never know what a part is made of, nor who stands behind a controller's account.
 */

import { contract, t, table } from 'tallystick/contract';

/** A device's clock may be this far ahead; further, it would shut its lane to honest times. */
const AHEAD_MS = 300_000;

const status = t.enum(['Ok', 'Nok']);
const reference = t.text({ min: 1, max: 40 });
const part = t.text({ min: 1, max: 60 });
const defect = t.text({ min: 1, max: 40, optional: true });

export default contract({
  name: 'quality',
  tables: {
    controller: table({
      key: 'reference',
      columns: {
        reference,
        account: t.address(),
        active: t.bool(),
        /** The lane: how many checks it has, the last of them and when that was. */
        checks: t.uint(),
        last: t.ref('inspection', { optional: true }),
        latest: t.time({ optional: true }),
      },
      indexes: { byAccount: { columns: ['account'], unique: true } },
    }),
    inspection: table({
      key: 'id',
      columns: {
        /** The id of the transaction that recorded it. */
        id: t.text({ max: 66 }),
        previous: t.ref('inspection', { optional: true }),
        created: t.time(),
        part: t.ref('part'),
        status,
        controller: t.ref('controller'),
        defect,
        /** Its place in the lane, from 1. */
        number: t.uint({ min: 1 }),
      },
      indexes: {
        byLane: { columns: ['controller', 'number'], unique: true },
        byPart: ['part'],
      },
    }),
    part: table({
      key: 'reference',
      columns: {
        reference: part,
        checks: t.uint({ min: 1 }),
        /** Its first check and its last, which says what it is now. */
        first: t.text({ max: 66 }),
        last: t.text({ max: 66 }),
        status,
      },
    }),
  },
  events: {
    rejected: { inspection: t.text(), part: t.text(), controller: t.text(), defect: t.text() },
  },
  methods: (method) => ({
    registerController: method({ reference, account: t.address() }, (ctx, asked) => {
      ctx.require(ctx.sender.roles.includes('owner'), 'OWNER_ONLY', 'only the owner registers');
      const isKnown = ctx.controller.has(asked.reference);
      ctx.require(!isKnown, 'CONTROLLER_EXISTS', `${asked.reference} is registered`);
      const [other] = ctx.controller.range({ index: 'byAccount', prefix: asked.account });
      if (other !== undefined) {
        ctx.refuse('ACCOUNT_TAKEN', `the account is that of ${other.reference}`);
      }
      ctx.controller.insert({ ...asked, active: true, checks: 0 });
    }),

    /** Takes no more checks from a controller; those that are there stay. */
    retireController: method({ reference }, (ctx, asked) => {
      ctx.require(ctx.sender.roles.includes('owner'), 'OWNER_ONLY', 'only the owner retires');
      const isKnown = ctx.controller.has(asked.reference);
      ctx.require(isKnown, 'CONTROLLER_UNKNOWN', `no controller ${asked.reference}`);
      ctx.controller.update(asked.reference, { active: false });
    }),

    /**
     * Records a check in the sender's lane; gives its id. `previous` is the id of the lane's last
     * check, left out for the first. Of two checks that name the same one, only one enters.
     */
    check: method(
      {
        previous: t.ref('inspection', { optional: true }),
        created: t.time(),
        part,
        status,
        defect,
      },
      (ctx, { previous, created, part, status, defect }) => {
        const [lane] = ctx.controller.range({ index: 'byAccount', prefix: ctx.sender.address });
        if (lane === undefined) {
          return ctx.refuse('CONTROLLER_UNKNOWN', 'this account is no controller');
        }
        const { reference, active, last, latest } = lane;
        ctx.require(active, 'CONTROLLER_RETIRED', `${reference} is retired`);
        ctx.require(previous === last, 'LANE_FORKED', 'the lane has gone on since', {
          last,
          checks: lane.checks,
        });
        ctx.require(created >= (latest ?? created), 'TIME_BACKWARD', 'earlier than the last check');
        ctx.require(created <= ctx.time + AHEAD_MS, 'TIME_AHEAD', 'a time that has not come');
        const isNok = status === 'Nok';
        ctx.require(!isNok || defect !== null, 'DEFECT_MISSING', 'a Nok names its defect');
        ctx.require(isNok || defect === null, 'DEFECT_UNEXPECTED', 'an Ok has no defect');
        const id = ctx.transaction;
        const checks = lane.checks + 1;
        const known = ctx.part.get(part);
        if (known === undefined) {
          ctx.part.insert({ reference: part, checks: 1, first: id, last: id, status });
        } else {
          ctx.part.update(part, { checks: known.checks + 1, last: id, status });
        }
        ctx.inspection.insert({
          ...{ id, previous, created, part, status, defect },
          ...{ controller: reference, number: checks },
        });
        ctx.controller.update(reference, { checks, last: id, latest: created });
        if (defect !== null) {
          ctx.emit('rejected', { inspection: id, part, controller: reference, defect });
        }
        return id;
      },
    ),
  }),
  invariants: {
    /** From the first check of a lane, each names the one before, and the last is the lane's. */
    lanesAreUnforked(ctx) {
      for (const { reference, checks, last } of ctx.controller.range()) {
        let number = 0;
        let before: string | null = null;
        let time = 0;
        for (const one of ctx.inspection.range({ index: 'byLane', prefix: reference })) {
          number++;
          const follows = one.number === number && one.previous === before;
          ctx.require(follows, 'LANE_BROKEN', `check ${number} of ${reference} does not follow`);
          const isLater = number === 1 || one.created >= time;
          ctx.require(isLater, 'LANE_BROKEN', `check ${number} of ${reference} goes back in time`);
          before = one.id;
          time = one.created;
        }
        const isWhole = number === checks && before === last;
        ctx.require(isWhole, 'LANE_BROKEN', `${reference} has ${number} checks, not ${checks}`);
      }
    },
    /** Every check counts for one controller and one part. */
    everyCheckCounts(ctx) {
      let inspections = 0;
      let ofLanes = 0;
      let ofParts = 0;
      for (const _ of ctx.inspection.range()) inspections++;
      for (const { checks } of ctx.controller.range()) ofLanes += checks;
      for (const { reference, checks, last, status } of ctx.part.range()) {
        ofParts += checks;
        const isLast = ctx.inspection.get(last)?.status === status;
        ctx.require(isLast, 'PART_WRONG', `${reference} is not what its last check said`);
      }
      ctx.require(ofLanes === inspections, 'CHECKS_LOST', 'the lanes do not hold every check');
      ctx.require(ofParts === inspections, 'CHECKS_LOST', 'the parts do not hold every check');
    },
  },
});
