/**
 * Bounds of what the node takes over HTTP (H44, H17, H22): numbers in one place.
 * It must never hold what nodes must agree on: that is in genesis.
 */

export interface ServerLimits {
  /** For a request to arrive whole, and of its headers. */
  readonly requestMs: number;
  /** Beside the largest transaction: what JSON around it takes. */
  readonly bodyBytesMore: number;
  readonly headerBytesMax: number;
  /** Requests in ten seconds, of a session or token, and of an address without one. */
  readonly memberRequests: number;
  readonly visitorRequests: number;
  readonly connectionsMax: number;
  /** Requests answered at once; streams aside. */
  readonly requestsMax: number;
  /** Queries that run at once, and that wait for those. */
  readonly queriesMax: number;
  readonly queriesWaitingMax: number;
  /** How long a submission with `wait=final` waits. */
  readonly finalMs: number;
  readonly streamsMax: number;
  readonly streamsOfOneMax: number;
  readonly streamBytesMax: number;
  readonly streamStallMs: number;
  readonly streamBeatMs: number;
  /** How long answers under way have when the node stops. */
  readonly closeMs: number;
}

export const SERVER_LIMITS: ServerLimits = Object.freeze({
  requestMs: 10_000,
  bodyBytesMore: 16_384,
  headerBytesMax: 16_384,
  memberRequests: 100_000,
  visitorRequests: 600,
  connectionsMax: 4_096,
  requestsMax: 2_048,
  queriesMax: 4,
  queriesWaitingMax: 64,
  finalMs: 30_000,
  streamsMax: 1_024,
  streamsOfOneMax: 32,
  streamBytesMax: 65_536,
  streamStallMs: 30_000,
  streamBeatMs: 15_000,
  closeMs: 10_000,
});

export const RATE_WINDOW_MS = 10_000;
