/**
 * What a person reads when a ledger is served: where it is, how to sign in, what it says so far.
 * It must never print a secret but in the one link that is asked for.
 */

import type { Invite } from '../../client/wire.ts';
import type { OpenedLedger } from '../folder/open.ts';
import { reportsOf } from '../folder/reports.ts';
import { warn } from '../output/error.ts';
import { printJsonLine } from '../output/json.ts';
import { styleOf } from '../output/style.ts';
import { printFields, visible } from '../output/table.ts';
import type { World } from '../world.ts';
import { type Headline, headlinesOf } from './headlines.ts';
import type { Listening } from './listen.ts';
import { ownerLink } from './owner-link.ts';

export interface AnnounceOptions {
  readonly json?: boolean;
  /** A link is printed also where there is an administrator. */
  readonly link?: boolean;
  /** `--no-console` is false. */
  readonly console: boolean;
  readonly folder: string;
  /** What is served, in a few words. */
  readonly says: string;
  /** What to type, and what else to know. */
  readonly next: readonly (readonly [name: string, text: string])[];
}

export async function announce(
  world: World,
  opened: OpenedLedger,
  listening: Listening,
  options: AnnounceOptions,
): Promise<void> {
  const invite = ownerLink(world, opened.ledger, listening.serving, options);
  if (options.console && !listening.hasConsole) {
    warn(world, 'the console is not built, so there are no pages: npm run build:web');
  }
  if (options.json === true) {
    printReady(world, opened, listening, invite, options.folder);
    return;
  }
  printPlace(world, opened, listening, options);
  printLink(world, listening, invite);
  const reports = reportsOf(opened.references);
  printHeadlines(world, await headlinesOf(opened.ledger, reports));
  world.out.write('\n');
  printFields(world.out, options.next, '  ');
  world.out.write('\n');
}

/** One line for programs: it is printed once requests are taken. */
function printReady(
  { out }: World,
  { ledger }: OpenedLedger,
  { serving, hasConsole }: Listening,
  invite: Invite | null,
  folder: string,
): void {
  const { name, chain, owner, head } = ledger;
  const { url } = serving;
  printJsonLine(out, {
    ...{ url, link: invite?.link ?? null, name, chain, owner, height: head.height },
    ...{ folder, console: hasConsole, pid: process.pid },
  });
}

function printPlace(
  { out }: World,
  { ledger }: OpenedLedger,
  { serving, takenPort, hasConsole }: Listening,
  { says }: AnnounceOptions,
): void {
  const style = styleOf(out);
  out.write(`\n${style.title('Tallystick')}  ${visible(ledger.name)}\n\n`);
  out.write(`  ${style.good('✓')} ${says}\n`);
  const what = hasConsole ? 'console' : 'API';
  const other = takenPort === null ? '' : style.dim(`  (port ${takenPort} is in use)`);
  out.write(`  ${style.good('✓')} ${what} at ${style.name(serving.url)}${other}\n`);
}

function printLink({ out }: World, { serving }: Listening, invite: Invite | null): void {
  const style = styleOf(out);
  if (invite === null) {
    out.write(`\n  Sign in at ${serving.url}; --link prints a link for a new browser\n`);
    return;
  }
  out.write(`\n  ${style.title('Open this link to sign in')}, once, within the hour:\n`);
  out.write(`  ${style.name(invite.link)}\n`);
}

function printHeadlines({ out }: World, headlines: readonly Headline[]): void {
  if (headlines.length === 0) return;
  out.write('\n');
  printFields(
    out,
    headlines.map(({ title, text }) => [visible(title), text]),
    '  ',
  );
}
