/**
 * The table of arrows: what each part of the repository may import and touch. The list is meant to
 * be read; whoever needs a new arrow adds it here, where a reviewer sees it.
 * It must never know how a file is read or how a rule is checked.
 */

/** `node` is `node:*`, `process` and `Buffer`; `clock` time and timers; `random` randomness. */
export type World = 'node' | 'clock' | 'random';

export interface Layer {
  /** A folder or a file from the root; `*` stands for one name. The first that fits counts. */
  readonly at: string;
  /** Layers (by `at`) whose files it may import besides its own. */
  readonly imports: readonly string[];
  /** Packages it may import. `tallystick` stands for that door alone, as any other name does. */
  readonly packages?: readonly string[];
  readonly world?: readonly World[];
  /** What it must never know, for the failure message. */
  readonly neverKnows: string;
}

const WORLD: readonly World[] = ['node', 'clock', 'random'];
const PURE = ['src/bytes', 'src/crypto', 'src/ledger'];
const REPLICA = [
  ...PURE,
  ...['src/contract', 'src/contract/determinism', 'src/storage', 'src/consensus'],
];
const SERVER = [
  ...REPLICA,
  ...['src/storage/engine', 'src/node/driver', 'src/node', 'src/node/open.ts'],
  ...['src/sql', 'src/sql/port.ts', 'src/sql/driver'],
];
const DOORS = ['tallystick', 'tallystick/client', 'tallystick/verify', 'tallystick/testing'];

const LAYERS: readonly Layer[] = [
  { at: 'src/bytes', imports: [], neverKnows: 'anything else' },
  {
    at: 'src/crypto/primitive/node.ts',
    imports: ['src/crypto/primitive', 'src/crypto'],
    packages: ['@chainsafe/hashtree', 'sodium-native'],
    world: ['node', 'random'],
    neverKnows: 'what is hashed or signed',
  },
  {
    at: 'src/crypto/primitive',
    imports: ['src/bytes', 'src/crypto'],
    packages: ['@noble/hashes'],
    world: ['random'],
    neverKnows: 'Node, nor what is hashed or signed',
  },
  {
    at: 'src/crypto',
    imports: ['src/bytes', 'src/crypto/primitive'],
    neverKnows: 'Node APIs, files, clock',
  },
  {
    at: 'src/ledger',
    imports: ['src/bytes', 'src/crypto'],
    neverKnows: 'storage, network, time; contracts (it receives `execute` as a function)',
  },
  {
    at: 'src/contract/determinism',
    imports: [...PURE, 'src/contract'],
    packages: ['acorn', 'acorn-walk'],
    neverKnows: 'storage engines, consensus',
  },
  {
    at: 'src/contract',
    imports: [...PURE, 'src/contract/determinism'],
    neverKnows: 'storage engines, consensus',
  },
  {
    at: 'src/storage/engine',
    imports: ['src/bytes', 'src/storage'],
    // SQLite takes the writer's lock, which works alike on all systems; it stores nothing here.
    packages: ['better-sqlite3', 'lmdb', 'sorted-btree'],
    world: WORLD,
    neverKnows: 'what the bytes mean: a ledger, a block',
  },
  // The table of style.md names bytes and ledger; the ledger's vocabulary (Hash) lives in crypto.
  { at: 'src/storage', imports: PURE, neverKnows: 'consensus, network, which engine it runs on' },
  {
    at: 'src/consensus',
    imports: PURE,
    neverKnows: 'storage, sockets, clock: writes are effects, time is ticks',
  },
  {
    at: 'src/node/driver',
    // Signature workers call the primitive's synchronous functions, which only Node has.
    imports: [...SERVER, 'src/crypto/primitive/node.ts'],
    world: WORLD,
    neverKnows: 'api, cli, web',
  },
  // The composition root chooses the engines and drivers, so it alone imports all of them.
  { at: 'src/node/open.ts', imports: [...SERVER], neverKnows: 'api, cli, web; clock and files' },
  {
    at: 'src/node',
    // The words of a question and its answer; who answers is `open.ts`'s choice.
    imports: [...REPLICA, 'src/sql/port.ts'],
    neverKnows: 'api, cli, web; the world: only driver/ and open.ts do',
  },
  { at: 'src/sql/port.ts', imports: PURE, neverKnows: 'which database answers' },
  {
    at: 'src/sql/driver',
    imports: [...PURE, 'src/contract', 'src/storage', 'src/sql', 'src/sql/port.ts'],
    packages: ['better-sqlite3', 'kysely', 'pg'],
    world: WORLD,
    neverKnows: 'consensus',
  },
  {
    at: 'src/sql',
    imports: [...PURE, 'src/contract', 'src/storage', 'src/sql/port.ts', 'src/sql/driver'],
    packages: ['kysely'],
    neverKnows: 'consensus',
  },
  {
    at: 'src/client/http/world.ts',
    imports: PURE,
    world: ['clock'],
    neverKnows: 'what is fetched, or why it waits',
  },
  {
    at: 'src/client',
    // The types of contracts, for typed calls, and their schema code, which turns JSON into values
    // and back: pure, and the same in a browser.
    imports: [...PURE, 'src/contract', 'src/client/http/world.ts'],
    // scrypt, for key files: WebCrypto has none.
    packages: ['@noble/hashes'],
    neverKnows: 'node, storage, `node:*`',
  },
  {
    at: 'src/sim',
    imports: [
      ...REPLICA,
      'src/storage/engine',
      'src/node',
      'src/sql',
      'src/sql/port.ts',
      'src/client',
    ],
    neverKnows: 'real I/O: clock, disk and network are its own',
  },
  {
    at: 'src/api',
    imports: [
      // Of contracts their schemas: rows and arguments as JSON.
      ...[...PURE, 'src/contract', 'src/node', 'src/node/open.ts', 'src/sql', 'src/sql/port.ts'],
      'src/client',
    ],
    packages: [
      ...['fastify', 'fastify-type-provider-zod', 'pino', 'prom-client', 'zod', '@fastify/cookie'],
      ...['@fastify/helmet', '@fastify/rate-limit', '@fastify/static', '@fastify/swagger'],
      '@fastify/swagger-ui',
    ],
    world: WORLD,
    neverKnows: 'consensus and storage directly',
  },
  {
    at: 'src/cli',
    // `tally bench` starts the bench where there is one, in a clone.
    imports: [...SERVER, 'src/api', 'src/client', 'src/sim', 'bench'],
    packages: ['cli-progress', 'cli-table3', 'commander', 'csv-parse'],
    world: WORLD,
    neverKnows: 'nothing it may not know: it is the top',
  },
  {
    at: 'src/index.ts',
    imports: [...SERVER, 'src/client'],
    neverKnows: 'api, cli, sim: it is a door, with nothing behind its own',
  },
  {
    at: 'bench',
    imports: [
      ...[...SERVER, 'src/crypto/primitive', 'src/crypto/primitive/node.ts', 'src/client'],
      ...['src/index.ts', 'src/api', 'apps/*', 'apps/*/contract.ts', 'test'],
    ],
    packages: [
      ...['tallystick', 'tallystick/contract', 'better-sqlite3', 'hypercore', 'lmdb', 'pg'],
      'sodium-native',
    ],
    world: WORLD,
    neverKnows: 'cli, which it would have to measure around',
  },
  {
    at: 'apps/*/contract.ts',
    imports: [],
    packages: ['tallystick/contract'],
    neverKnows: 'anything but tallystick/contract: no imports, no module state, no async',
  },
  {
    at: 'apps/*',
    imports: ['apps/*/contract.ts'],
    packages: [...DOORS, 'tallystick/contract', 'vitest', 'fast-check'],
    world: WORLD,
    neverKnows: 'src/: an application uses the doors that everybody has',
  },
  // Tests import what they test and are not checked; the bench borrows their helpers.
  { at: 'test', imports: [], neverKnows: 'nothing' },
  {
    at: 'examples',
    imports: [],
    packages: [...DOORS, 'tallystick/contract'],
    world: WORLD,
    neverKnows: 'src/: an example uses the doors that everybody has',
  },
  {
    at: 'web/vite.config.ts',
    // The build writes the theme's variables into a file, so it reads the theme.
    imports: ['web', 'web/one-file.ts', 'web/compressed.ts'],
    packages: ['@mantine/core', '@vitejs/plugin-react', 'vite'],
    world: ['node'],
    neverKnows: 'the server',
  },
  {
    at: 'web/one-file.ts',
    imports: [],
    packages: ['@vitejs/plugin-react', 'vite'],
    world: ['node'],
    neverKnows: 'the server, nor what the page is for',
  },
  {
    at: 'web/compressed.ts',
    imports: [],
    packages: ['vite'],
    world: ['node'],
    neverKnows: 'the server, nor what is in a file',
  },
  { at: 'web/public', imports: [], neverKnows: 'anything: it runs before all else' },
  {
    at: 'web',
    imports: [...PURE, 'src/client'],
    packages: [
      ...['tallystick/client', 'virtual:theme.css', 'react', 'react-dom', '@fontsource'],
      ...['@fontsource-variable', '@mantine', '@tabler/icons-react', '@tanstack/react-query'],
      ...['@tanstack/react-router', '@tanstack/react-virtual', '@codemirror', 'recharts'],
    ],
    world: ['clock', 'random'],
    neverKnows: 'everything server-side',
  },
];

/** The layer of a file of `src`, `bench`, `apps`, `examples` or `web`; undefined elsewhere. */
export function layerOf(file: string): Layer | undefined {
  return LAYERS.find(({ at }) => patternOf(at).test(file));
}

function patternOf(at: string): RegExp {
  const text = at.replaceAll('.', '\\.').replaceAll('*', '[^/]+');
  return new RegExp(`^${text}(?:/|$)`);
}
