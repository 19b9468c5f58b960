/**
 * The code blocks of a Markdown document that claim to run, and how each is marked.
 * It must never know how a block is run.
 */

/** A program: a ```ts or ```js block. `file` is written for the blocks after it, and not run. */
export interface Program {
  readonly kind: 'program';
  readonly line: number;
  readonly extension: 'ts' | 'js';
  readonly file: string | undefined;
  readonly code: string;
}

/** One `$ tally …` line of a ```sh block. A line that ends in `&` runs until the document ends. */
export interface Command {
  readonly kind: 'command';
  readonly line: number;
  readonly command: string;
  readonly exit: number;
  readonly background: boolean;
}

export type Step = Program | Command;

const FENCE = /^```(\w+)(.*)\n([\s\S]*?)^```$/gm;
const IMPORTS_US = /\b(?:from|import)\s*\(?'(?:tallystick|node:)/;

/** The steps of a document, in order. Throws where a block is marked in a way that says nothing. */
export function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(FENCE)].flatMap((match): Step[] => {
    const [, language = '', info = '', code = ''] = match;
    const line = markdown.slice(0, match.index).split('\n').length;
    if (/\bno-run\b/.test(info)) {
      if (/\breason="[^"]+"/.test(info)) return [];
      throw new Error(`line ${line}: no-run needs a reason="…"`);
    }
    if (language === 'sh') return commandsOf(code, line);
    return /^(ts|js)$/.test(language) ? programOf(language, info, code, line) : [];
  });
}

function programOf(language: string, info: string, code: string, line: number): Program[] {
  const file = /\bfile=(\S+)/.exec(info)?.[1];
  if (file === undefined && !IMPORTS_US.test(code)) return [];
  const extension = language === 'js' ? 'js' : 'ts';
  return [{ kind: 'program', line, extension, file, code }];
}

function commandsOf(code: string, fence: number): Command[] {
  const commands: Command[] = [];
  const lines = code.split('\n');
  for (const [at, text] of lines.entries()) {
    if (!/^\$ tally\b/.test(text)) continue;
    const line = fence + 1 + at;
    commands.push({ kind: 'command', line, ...parseCommand(joined(lines, at).slice(2)) });
  }
  return commands;
}

/** The line at `at` with those that continue it after a backslash. */
function joined(lines: readonly string[], at: number): string {
  const text = lines[at] ?? '';
  if (!text.endsWith('\\')) return text;
  return `${text.slice(0, -1).trimEnd()} ${joined(lines, at + 1).trimStart()}`;
}

function parseCommand(shown: string): Pick<Command, 'command' | 'exit' | 'background'> {
  const exit = Number(/\s# exit (\d+)\s*$/.exec(shown)?.[1] ?? 0);
  const plain = shown.replace(/\s+#\s.*$/, '').trim();
  const background = plain.endsWith('&');
  return { command: background ? plain.slice(0, -1).trim() : plain, exit, background };
}
