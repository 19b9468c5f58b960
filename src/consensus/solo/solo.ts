/**
 * The solo engine: one owner seals every block; what waits together shares a block and one sync
 * (group commit). It must never know how blocks are run, stored or signed (spec/solo.md).
 */

import { soloSeal } from '../../ledger/proof/seal.ts';
import type { Effect, Input, Machine, Step } from '../machine.ts';

type Phase = 'idle' | 'executing' | 'signing' | 'persisting' | 'halted';

export interface SoloState {
  readonly phase: Phase;
  /** Height and time of the last final block. */
  readonly height: number;
  readonly time: number;
  /** Time of the block under way; equal to `time` when idle. */
  readonly nextTime: number;
  readonly now: number;
  readonly waiting: number;
}

/** The state of an engine whose last final block is this one. */
export function soloStart(height: number, time: number): SoloState {
  return { phase: 'idle', height, time, nextTime: time, now: time, waiting: 0 };
}

export const solo: Machine<SoloState> = { step };

function step(state: SoloState, input: Input): Step<SoloState> {
  if (state.phase === 'halted') return { state, effects: [] };
  switch (input.type) {
    case 'tick':
      return { state: { ...state, now: Math.max(state.now, input.now) }, effects: [] };
    case 'available':
      return proposeIfIdle({ ...state, waiting: input.count });
    case 'executed':
      assertPhase(state, 'executing', input.height);
      return enter(state, 'signing', [{ type: 'sign', height: input.height, id: input.id }]);
    case 'empty':
      assertPhase(state, 'executing', input.height);
      return { state: { ...state, phase: 'idle', waiting: 0, nextTime: state.time }, effects: [] };
    case 'signed': {
      assertPhase(state, 'signing', input.height);
      const seal = soloSeal(input.signature);
      return enter(state, 'persisting', [{ type: 'persist', height: input.height, seal }]);
    }
    case 'durable':
      assertPhase(state, 'persisting', input.height);
      return becomeFinal(state);
    case 'failed':
      return enter(state, 'halted', [
        { type: 'halt', reason: `block ${input.height} may not have reached the disk` },
      ]);
  }
}

function proposeIfIdle(state: SoloState): Step<SoloState> {
  if (state.phase !== 'idle' || state.waiting === 0) return { state, effects: [] };
  const time = Math.max(state.now, state.time + 1);
  const effect: Effect = { type: 'execute', height: state.height + 1, time };
  return { state: { ...state, phase: 'executing', nextTime: time }, effects: [effect] };
}

function becomeFinal(state: SoloState): Step<SoloState> {
  const height = state.height + 1;
  const final: SoloState = { ...state, phase: 'idle', height, time: state.nextTime, waiting: 0 };
  return { state: final, effects: [{ type: 'commit', height }] };
}

function enter(state: SoloState, phase: Phase, effects: readonly Effect[]): Step<SoloState> {
  return { state: { ...state, phase }, effects };
}

function assertPhase(state: SoloState, phase: Phase, height: number): void {
  if (state.phase === phase && height === state.height + 1) return;
  throw new Error(`assertion: block ${height} in phase ${state.phase} of ${state.height + 1}`);
}
