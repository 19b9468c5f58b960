/**
 * Makes the proof checker one file, `dist/checker.html`: script, styles and fonts inside it, under
 * a policy that lets nothing else run and nothing out. It must never touch the console's build.
 */

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type Plugin } from 'vite';

const PAGE = 'checker.html';

/** Runs the second build when the console's own is written. `shared` are plugins of both. */
export function checkerFile(shared: () => Plugin[]): Plugin {
  return {
    name: 'checker-file',
    apply: 'build',
    async closeBundle() {
      await build({
        configFile: false,
        root: fileURLToPath(new URL('.', import.meta.url)),
        plugins: [react(), ...shared(), inlined()],
        publicDir: false,
        logLevel: 'warn',
        build: {
          outDir: 'dist',
          emptyOutDir: false,
          target: 'es2022',
          assetsInlineLimit: Number.POSITIVE_INFINITY,
          cssCodeSplit: false,
          modulePreload: false,
          chunkSizeWarningLimit: 2000,
          rolldownOptions: {
            input: fileURLToPath(new URL(PAGE, import.meta.url)),
            output: { codeSplitting: false },
          },
        },
      });
    },
  };
}

/** Puts what the page loads into the page. */
function inlined(): Plugin {
  return {
    name: 'inlined',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle[PAGE];
      if (page?.type !== 'asset') throw new Error(`assertion: the build has no ${PAGE}`);
      const scripts: string[] = [];
      const styles: string[] = [];
      for (const [name, file] of Object.entries(bundle)) {
        if (file === page) continue;
        if (file.type === 'chunk') scripts.push(file.code);
        else if (name.endsWith('.css')) styles.push(textOf(file.source));
        else throw new Error(`assertion: ${name} would be left outside ${PAGE}`);
        delete bundle[name];
      }
      page.source = assemble(textOf(page.source), scripts, styles);
    },
  };
}

function textOf(source: string | Uint8Array): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}

/** The script stands at the end, where the page's root is there already. */
function assemble(html: string, scripts: readonly string[], styles: readonly string[]): string {
  const code = scripts.join('\n').replaceAll('</script', '<\\/script');
  const style = styles.join('\n');
  const bare = html
    .replace(/\s*<script type="module"[^>]*><\/script>/g, '')
    .replace(/\s*<link rel="(?:stylesheet|modulepreload)"[^>]*>/g, '');
  const hash = createHash('sha256').update(code).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    // Styles cannot send anything where nothing may be fetched.
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  return bare
    .replace('<!-- policy -->', () => meta)
    .replace('</head>', () => `<style>${style}</style>\n</head>`)
    .replace('</body>', () => `<script type="module">${code}</script>\n</body>`);
}
