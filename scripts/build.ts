/**
 * Builds dist/, the package as it is published: plain JavaScript with declarations, since Node runs
 * no TypeScript below node_modules. The repository itself never needs it.
 * It must never know what a module does.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureConsole } from './build-web.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = path.join(ROOT, 'dist');
const COPIED = ['bin', 'web/dist', 'README.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md'];

/** Fields of package.json that mean something to whoever installs the package. */
const PUBLISHED = [
  ...['name', 'version', 'description', 'keywords', 'license', 'repository', 'type', 'engines'],
  ...['bin', 'exports', 'imports', 'dependencies'],
];

function compile(): void {
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', path.join(ROOT, 'tsconfig.build.json')];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: ROOT });
  if (status !== 0) throw new Error('tsc found errors: run `npm run check`');
}

/** tsc rewrites imports; a file named by URL (a worker) is ours to rewrite. */
function rewriteUrls(): void {
  for (const file of globSync('**/*.js', { cwd: DIST })) {
    const text = readFileSync(path.join(DIST, file), 'utf8');
    const rewritten = text.replace(/(\bnew URL\(\s*'\.[^']+)\.ts'/g, "$1.js'");
    if (rewritten !== text) writeFileSync(path.join(DIST, file), rewritten);
  }
}

/** What is read at run time, from the same place: the applications, and what else src/ holds. */
function copyAssets(): void {
  // A contract stays TypeScript: its loader checks the text and strips the types itself.
  const apps = globSync(['apps/*/contract.ts', 'apps/*/**/*.{csv,json,md,sql}'], { cwd: ROOT });
  const assets = globSync('src/**/*.*', { cwd: ROOT }).filter((file) => !file.endsWith('.ts'));
  for (const file of [...apps, ...assets, ...COPIED]) {
    const from = path.join(ROOT, file);
    if (existsSync(from)) cpSync(from, path.join(DIST, file), { recursive: true });
  }
}

/** The published package.json: no scripts, no tools, no pinned Node, and `.js` for every `.ts`. */
function writeManifest(): void {
  const manifest: unknown = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null)
    throw new Error('package.json is no object');
  const fields = Object.entries(manifest).filter(([name]) => PUBLISHED.includes(name));
  const text = JSON.stringify(Object.fromEntries(fields), null, 2).replace(/\.ts"/g, '.js"');
  writeFileSync(path.join(DIST, 'package.json'), `${text}\n`);
}

if (!ensureConsole(ROOT, process.execPath)) throw new Error('the console could not be built');
rmSync(DIST, { recursive: true, force: true });
compile();
rewriteUrls();
copyAssets();
writeManifest();
console.log('dist/ is ready: npm publish ./dist');
