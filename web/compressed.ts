/**
 * The built files once more, compressed: the node sends these to browsers that take them, and
 * compresses nothing itself. It must never change a file.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin, ResolvedConfig } from 'vite';

const TEXT = /\.(js|css|svg|html)$/;
const BYTES_MIN = 1024;
/** Of 11: the last two cost many times more than they save. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Writes `.br` and `.gz` beside each text file that is worth it, after the build. */
export function compressed(): Plugin {
  let config: ResolvedConfig | undefined;
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: (resolved) => {
      config = resolved;
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      handler: () => {
        if (config !== undefined) compressFolder(path.join(config.root, config.build.outDir));
      },
    },
  };
}

function compressFolder(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!TEXT.test(name)) continue;
    const file = path.join(folder, name);
    const bytes = readFileSync(file);
    if (bytes.length < BYTES_MIN) continue;
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, BROTLI));
    writeFileSync(`${file}.gz`, gzipSync(bytes));
  }
}
