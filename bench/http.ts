/**
 * HTTP: the quality application under load, beside the machine's signatures and syncs, and beside
 * the same checks through a plain service on PostgreSQL.
 * It must never count a check that was not answered as on the disk.
 */

import { join } from 'node:path';
import { decodeHex, encodeHex } from '../src/bytes/hex.ts';
import { debianProgram } from '../test/support/debian.ts';
import { startPostgres, type TestServer } from '../test/support/postgres.ts';
import { AllCores } from './load/all-cores.ts';
import { inFolder, say } from './load/fixture.ts';
import { LmdbAlone } from './load/lmdb-alone.ts';
import { type Case, interleave, quantile, rateOf, samplesOf } from './report/measure.ts';
import type { Options } from './report/options.ts';
import type { Line, Table } from './report/table.ts';
import { Controller, type SignedCheck } from './service/controllers.ts';
import { type Address, type Answer, type Client, load, requestOf } from './service/load.ts';
import type { Usage } from './service/node.ts';
import { ServiceProcess } from './service/process.ts';
import { signIn } from './service/sign-in.ts';

const NODE = new URL('./service/node.ts', import.meta.url);
const PLAIN = new URL('./service/plain.ts', import.meta.url);
const CLIENTS = 50;
const CHECKS = 400;
const CHECKS_SMOKE = 8;
const SIGNATURES = 32_768;
const SYNCS = 400;
const SYNC_BYTES = 16_384;

interface NodeReady {
  readonly url: string;
  /** `0x…` */
  readonly chain: string;
}

interface Timed {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Of the node's process, µs a check; of the plain service, whose work is PostgreSQL's, none. */
  readonly cpu: number;
}

/** One service under the same load, and what it took in each round. */
interface Bench {
  readonly name: string;
  readonly timed: Timed[];
  run(): Promise<number>;
  stop(): Promise<void>;
}

export function run(options: Options): Promise<Table> {
  const checks = options.smoke ? CHECKS_SMOKE : CHECKS;
  return inFolder(options, async (folder) => {
    const benches = [
      await nodeBench(folder, checks, 'final'),
      await nodeBench(join(folder, 'received'), checks, 'received'),
    ];
    const database = debianProgram('postgresql');
    const server = database === undefined ? null : await startPostgres({ durable: true });
    if (server !== null) benches.push(await plainBench(server, checks));
    const cores = new AllCores();
    const disk = new LmdbAlone(folder);
    try {
      const scale = options.smoke ? 16 : 1;
      const limits = limitCases(cores, disk, scale);
      const samples = await interleave([...benches, ...limits], options.rounds, say);
      return tableOf(benches, samplesOf(samples, 'signatures'), samplesOf(samples, 'syncs'));
    } finally {
      await Promise.all(benches.map((bench) => bench.stop()));
      await Promise.all([server?.remove(), cores.close(), disk.close()]);
    }
  });
}

function limitCases(cores: AllCores, disk: LmdbAlone, scale: number): Case[] {
  const [signatures, syncs] = [SIGNATURES / scale, SYNCS / scale];
  return [
    {
      name: 'signatures',
      run: () => rateOf(signatures, () => cores.run({ signatures, megabytes: 0 })),
    },
    {
      name: 'syncs',
      run: () =>
        rateOf(syncs, async () => {
          for (let n = 0; n < syncs; n++) await disk.commit([SYNC_BYTES]);
        }),
    },
  ];
}

/** `final` waits for each check's block, `received` only until the check waits for one. */
async function nodeBench(
  folder: string,
  checks: number,
  until: 'final' | 'received',
): Promise<Bench> {
  const service = await ServiceProcess.start<NodeReady>(NODE, [join(folder, 'ledger')]);
  const { url, chain } = service.ready;
  const controllers = await makeControllers();
  await service.ask(
    controllers.map(({ reference, account }) => {
      return { reference, address: account.address, publicKey: encodeHex(account.publicKey) };
    }),
  );
  const sessions = await Promise.all(controllers.map(({ account }) => signIn(url, account)));
  const { host, hostname, port } = new URL(url);
  const path = until === 'final' ? '/v1/transactions?wait=final' : '/v1/transactions';
  const requests = async (): Promise<Uint8Array[][]> => {
    const signed = await signAll(controllers, chain, checks);
    return signed.map((lane, at) => {
      const authorization = `Bearer ${sessions[at]}`;
      const headers = { host, authorization, 'content-type': 'application/cbor' };
      return lane.map(({ envelope }) => requestOf(path, headers, envelope));
    });
  };
  const expected = until === 'final' ? 200 : 202;
  const address = { host: hostname, port: Number(port) };
  const cpuMs = async (): Promise<number> => (await service.ask<Usage>('usage')).cpuMs;
  const stop = (): Promise<void> => service.stop();
  return benchOf({ name: `node ${until}`, requests, address, expected, cpuMs, stop });
}

async function plainBench({ url }: TestServer, checks: number): Promise<Bench> {
  const service = await ServiceProcess.start<{ port: number }>(PLAIN, [url]);
  const controllers = await makeControllers();
  await service.ask(controllers.map(({ reference }) => reference));
  const requests = async (): Promise<Uint8Array[][]> => {
    const chain = encodeHex(new Uint8Array(32));
    const signed = await signAll(controllers, chain, checks);
    return signed.map((lane, at) =>
      lane.map((check) => plainRequest(check, controllers[at]?.reference ?? '')),
    );
  };
  const address = { host: '127.0.0.1', port: service.ready.port };
  const stop = (): Promise<void> => service.stop();
  const cpuMs = async (): Promise<number> => Number.NaN;
  return benchOf({ name: 'plain', requests, address, expected: 200, cpuMs, stop });
}

function plainRequest({ check, id }: SignedCheck, controller: string): Uint8Array {
  const body = Buffer.from(JSON.stringify({ ...check, id, controller }));
  const headers = { host: '127.0.0.1', 'content-type': 'application/json' };
  return requestOf('/checks', headers, body);
}

interface Service {
  readonly name: string;
  /** The next of each client. */
  readonly requests: () => Promise<Uint8Array[][]>;
  readonly address: Address;
  readonly expected: number;
  /** Once nothing waits any more. */
  readonly cpuMs: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

function benchOf({ name, requests, address, expected, cpuMs, stop }: Service): Bench {
  const timed: Timed[] = [];
  return {
    name,
    timed,
    stop,
    async run(): Promise<number> {
      const latencies: number[] = [];
      const answered = ({ status, body, ms }: Answer): void => {
        if (status !== expected) throw new Error(`assertion: ${name} answered ${status} ${body}`);
        latencies.push(ms);
      };
      const clients = (await requests()).map((lane): Client => {
        let at = 0;
        return { next: () => lane[at++], answered };
      });
      const before = await cpuMs();
      const seconds = await load(address, clients);
      const cpu = (1e3 * ((await cpuMs()) - before)) / latencies.length;
      const rate = latencies.length / seconds;
      timed.push({ rate, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), cpu });
      return rate;
    },
  };
}

function makeControllers(): Promise<Controller[]> {
  return Promise.all(Array.from({ length: CLIENTS }, (_, at) => Controller.make(at + 1)));
}

function signAll(
  controllers: readonly Controller[],
  chain: string,
  checks: number,
): Promise<SignedCheck[][]> {
  const bytes = decodeHex(chain, 32);
  return Promise.all(controllers.map((controller) => controller.sign(bytes, checks)));
}

const WORK: Readonly<Record<string, string>> = {
  'node final': 'checks on the ledger',
  'node received': 'checks received (202)',
  plain: 'checks in PostgreSQL, plain service',
};

function tableOf(
  benches: readonly Bench[],
  signatures: readonly number[],
  syncs: readonly number[],
): Table {
  const limit = { what: "libsodium's verify on all cores", samples: signatures };
  const lines = benches.flatMap(({ name, timed }): Line[] => {
    const what = WORK[name] ?? name;
    // The warm-up round is timed too, and does not count.
    const rounds = timed.slice(-signatures.length);
    const of = (key: keyof Timed) => ({ samples: rounds.map((round) => round[key]) });
    const rate = { what, measured: of('rate'), unit: '/s' };
    const cpu = { what: `${what}: the node's CPU each`, measured: of('cpu'), unit: 'µs' };
    return [
      name === 'plain' ? rate : { ...rate, limit },
      { what: `${what}: p50`, measured: of('p50'), unit: 'ms' },
      { what: `${what}: p99`, measured: of('p99'), unit: 'ms' },
      ...(name === 'plain' ? [] : [cpu]),
    ];
  });
  const sync = { samples: syncs };
  lines.push({ what: 'commits of 16 KiB, each synced', measured: sync, unit: '/s' });
  return {
    name: 'http',
    title: `HTTP: ${CLIENTS} controllers at once, each its next check when the last is answered`,
    lines,
    notes: [
      'Each check is signed beforehand, names the one before in its lane, and changes three rows.',
      'The load and the service share the machine: two processes, and PostgreSQL’s beside them.',
      'The plain service does the same in one prepared statement, unsigned, with fsync on.',
    ],
  };
}
