/**
 * The check of a contract's source before it is loaded: what the guard would catch, and what it
 * cannot see, each with its place. It must never run the source, nor read a file: it is given
 * JavaScript, types blanked out in place so that lines and columns are the author's.
 */

import { type Node, type Program, parse } from 'acorn';
import { ancestor } from 'acorn-walk';
import {
  ADVICE,
  ALLOWED_GLOBALS,
  ALLOWED_MATH,
  ALLOWED_NUMBER,
  adviceOnMath,
  FORBIDDEN_GLOBALS,
  FORBIDDEN_MEMBERS,
} from './forbidden.ts';
import { type AnyNode, isArrow, isFunction, Scopes } from './scope.ts';

export interface Finding {
  readonly file: string;
  /** From 1, both. */
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly instead: string;
}

const DOOR = 'tallystick/contract';
const STATE = 'code keeps nothing between calls; keep it in a table';
const MUTATORS: ReadonlySet<string> = new Set([
  'add',
  'clear',
  'copyWithin',
  'delete',
  'fill',
  'pop',
  'push',
  'reverse',
  'set',
  'shift',
  'sort',
  'splice',
  'unshift',
]);

/** `contract.ts:12:7 Math.random: every replica must …` */
export function describeFinding({ file, line, column, what, instead }: Finding): string {
  return `${file}:${line}:${column} ${what}: ${instead}`;
}

/** Empty for a contract that may be loaded. In order of place. */
export function checkSource(file: string, source: string): Finding[] {
  let program: Program;
  try {
    program = parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  } catch (error) {
    return [syntaxFinding(file, error)];
  }
  const findings = new SourceCheck(file, program).findings();
  return findings.sort((a, b) => a.line - b.line || a.column - b.column);
}

function syntaxFinding(file: string, error: unknown): Finding {
  if (!(error instanceof SyntaxError)) throw error;
  const { loc } = error as SyntaxError & { loc?: { line: number; column: number } };
  const what = error.message.replace(/ \(\d+:\d+\)$/, '');
  const instead = 'write plain JavaScript, or TypeScript whose types can be erased';
  return { file, line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1, what, instead };
}

class SourceCheck {
  readonly #file: string;
  readonly #program: Program;
  readonly #scopes: Scopes;
  readonly #findings: Finding[] = [];

  constructor(file: string, program: Program) {
    this.#file = file;
    this.#program = program;
    this.#scopes = new Scopes(program);
  }

  findings(): Finding[] {
    if (!this.#program.body.some(({ type }) => type === 'ExportDefaultDeclaration')) {
      this.#report(this.#program, 'no default export', 'export default contract({ … })');
    }
    const visit = (node: Node, ancestors: readonly Node[]): void => {
      this.#visit(node as AnyNode, ancestors);
    };
    const visitors = Object.fromEntries(
      VISITED.map((type) => [
        type,
        (node: Node, _state: unknown, ancestors: Node[]) => visit(node, ancestors),
      ]),
    );
    ancestor(this.#program, visitors);
    return this.#findings;
  }

  #visit(node: AnyNode, ancestors: readonly Node[]): undefined {
    switch (node.type) {
      case 'Identifier':
        return this.#identifier(node.name, node, ancestors);
      case 'MemberExpression':
        return this.#member(node, ancestors);
      case 'CallExpression':
        return this.#call(node, ancestors);
      case 'AssignmentExpression':
        this.#operator(node.operator.replace(/=$/, ''), node, node.right);
        return this.#target(node.left, ancestors);
      case 'UpdateExpression':
        return this.#target(node.argument, ancestors);
      case 'UnaryExpression':
        return node.operator === 'delete' ? this.#target(node.argument, ancestors) : undefined;
      case 'BinaryExpression':
        return this.#operator(node.operator, node, node.left, node.right);
      case 'ObjectPattern':
        return this.#pattern(node);
      case 'VariableDeclaration':
        return this.#declaration(node, ancestors);
      case 'ThisExpression':
        return this.#this(node, ancestors);
      default:
        return this.#syntax(node);
    }
  }

  /** Syntax that is wrong wherever it stands. */
  #syntax(node: AnyNode): undefined {
    if (node.type === 'Literal') return this.#literal(node);
    if (isFunction(node) && node.async) {
      return this.#report(node, 'an async function', ADVICE.SYNCHRONOUS);
    }
    if (node.type === 'AwaitExpression') this.#report(node, 'await', ADVICE.SYNCHRONOUS);
    if (node.type === 'ForOfStatement' && node.await) {
      this.#report(node, 'for await', ADVICE.SYNCHRONOUS);
    }
    if (node.type === 'ImportExpression') this.#report(node, 'import()', ADVICE.CODE);
    if (node.type === 'MetaProperty' && node.meta.name === 'import') {
      this.#report(node, 'import.meta', ADVICE.NO_INPUT);
    }
    if (node.type === 'DebuggerStatement') this.#report(node, 'debugger', 'it stops a node');
    if ('source' in node && node.source && node.source.type === 'Literal') {
      this.#import(node, String(node.source.value));
    }
  }

  #import(node: AnyNode, source: string): undefined {
    const isDoor = node.type === 'ImportDeclaration' && source === DOOR;
    if (isDoor || node.type === 'ImportExpression') return;
    this.#report(node, `import of ${source}`, `a contract is one file and imports only ${DOOR}`);
  }

  #identifier(name: string, node: Node, ancestors: readonly Node[]): undefined {
    if (this.#scopes.find(name, ancestors) !== undefined) return;
    const forbidden = Object.hasOwn(FORBIDDEN_GLOBALS, name) ? FORBIDDEN_GLOBALS[name] : undefined;
    if (forbidden !== undefined) return this.#report(node, name, forbidden);
    if (name === 'NaN' || name === 'Infinity') return this.#report(node, name, ADVICE.EXACT);
    if (!ALLOWED_GLOBALS.has(name)) {
      return this.#report(node, name, `not a name that a contract has; ${ADVICE.NO_INPUT}`);
    }
    if (name !== 'Math' && name !== 'Number') return;
    const parent = ancestors.at(-2) as AnyNode | undefined;
    const isMember = parent?.type === 'MemberExpression' && parent.object === node;
    const isCalled = parent?.type === 'CallExpression' && parent.callee === node;
    if (!isMember && !(isCalled && name === 'Number')) {
      this.#report(node, name, 'name the function where it is called, as in Math.max(a, b)');
    }
  }

  #member(node: Member, ancestors: readonly Node[]): undefined {
    const name = propertyName(node);
    const owner = this.#globalName(node.object, ancestors);
    if (owner === 'Math' && (name === undefined || !ALLOWED_MATH.has(name))) {
      return this.#report(node, `Math.${name ?? '[…]'}`, adviceOnMath(name ?? ''));
    }
    if (owner === 'Number' && (name === undefined || !ALLOWED_NUMBER.has(name))) {
      return this.#report(node, `Number.${name ?? '[…]'}`, ADVICE.EXACT);
    }
    if (name === undefined) return;
    if (name === 'stack' && this.#isCaught(node.object, ancestors)) {
      return this.#report(node, 'the stack of an error', 'it differs between machines');
    }
    const forbidden = Object.hasOwn(FORBIDDEN_MEMBERS, name) ? FORBIDDEN_MEMBERS[name] : undefined;
    if (forbidden !== undefined) this.#report(node, `.${name}`, forbidden);
  }

  /** `const { constructor } = value` reads a member too. */
  #pattern(node: Extract<AnyNode, { type: 'ObjectPattern' }>): undefined {
    for (const property of node.properties) {
      if (property.type !== 'Property' || property.computed) continue;
      const name = property.key.type === 'Identifier' ? property.key.name : undefined;
      if (name === undefined || !Object.hasOwn(FORBIDDEN_MEMBERS, name)) continue;
      this.#report(property, `.${name}`, FORBIDDEN_MEMBERS[name] ?? '');
    }
  }

  #call(node: Extract<AnyNode, { type: 'CallExpression' }>, ancestors: readonly Node[]): undefined {
    const { callee } = node;
    if (callee.type !== 'MemberExpression' || !MUTATORS.has(propertyName(callee) ?? '')) return;
    this.#target(callee, ancestors);
  }

  /** Something is changed: it must not outlive the call. */
  #target(target: Node, ancestors: readonly Node[]): undefined {
    if (!ancestors.some(isFunction)) return;
    const root = rootOf(target as AnyNode);
    if (root?.type !== 'Identifier') return;
    const found = this.#scopes.find(root.name, ancestors);
    if (found === undefined) {
      return this.#report(target, `a change of ${root.name}, which is everybody's`, STATE);
    }
    if (found.scope !== this.#program || found.how === 'imported') return;
    this.#report(target, `a change of ${root.name}, which belongs to the module`, STATE);
  }

  #declaration(
    node: Extract<AnyNode, { type: 'VariableDeclaration' }>,
    ancestors: readonly Node[],
  ): undefined {
    const parent = ancestors.at(-2)?.type;
    const isModule = parent === 'Program' || parent === 'ExportNamedDeclaration';
    if (isModule && node.kind !== 'const') this.#report(node, `${node.kind} of the module`, STATE);
  }

  /** `/` gives fractions, and so does `**`; with a bigint literal beside it, `**` cannot. */
  #operator(operator: string, node: Node, ...operands: readonly Node[]): undefined {
    if (operator === '/') this.#report(node, 'the operator /', ADVICE.EXACT);
    if (operator !== '**' || operands.some(isBigintLiteral)) return;
    this.#report(node, 'the operator **', 'use it with a bigint literal, as in 10n ** scale');
  }

  #literal(node: Extract<AnyNode, { type: 'Literal' }>): undefined {
    if (typeof node.value !== 'number') return;
    if (Number.isSafeInteger(node.value) && !node.raw?.includes('.')) return;
    this.#report(node, `the number ${node.raw}`, ADVICE.EXACT);
  }

  #this(node: Node, ancestors: readonly Node[]): undefined {
    const isBound = ancestors.some(
      (around) => (isFunction(around) && !isArrow(around)) || around.type === 'ClassBody',
    );
    if (!isBound) this.#report(node, 'this', ADVICE.NO_INPUT);
  }

  #globalName(node: Node, ancestors: readonly Node[]): string | undefined {
    const { type, name } = node as { type: string; name?: string };
    if (type !== 'Identifier' || name === undefined) return undefined;
    return this.#scopes.find(name, ancestors) === undefined ? name : undefined;
  }

  #isCaught(node: Node, ancestors: readonly Node[]): boolean {
    const { type, name } = node as { type: string; name?: string };
    if (type === 'NewExpression') return true;
    if (type !== 'Identifier' || name === undefined) return false;
    return this.#scopes.find(name, ancestors)?.scope.type === 'CatchClause';
  }

  #report(node: Node, what: string, instead: string): undefined {
    const { line, column } = node.loc?.start ?? { line: 1, column: 0 };
    this.#findings.push({ file: this.#file, line, column: column + 1, what, instead });
  }
}

type Member = Extract<AnyNode, { type: 'MemberExpression' }>;

const VISITED = [
  'ArrowFunctionExpression',
  'AssignmentExpression',
  'AwaitExpression',
  'BinaryExpression',
  'CallExpression',
  'DebuggerStatement',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'ForOfStatement',
  'FunctionDeclaration',
  'FunctionExpression',
  'Identifier',
  'ImportDeclaration',
  'ImportExpression',
  'Literal',
  'MemberExpression',
  'MetaProperty',
  'ObjectPattern',
  'ThisExpression',
  'UnaryExpression',
  'UpdateExpression',
  'VariableDeclaration',
];

/** The name of a member that is written out, in dots or in quotes. */
function propertyName({ computed, property }: Member): string | undefined {
  if (property.type === 'Identifier') return computed ? undefined : property.name;
  return property.type === 'Literal' && typeof property.value === 'string'
    ? property.value
    : undefined;
}

/** `a` of `a.b[c].d`. */
function rootOf(node: AnyNode): AnyNode | undefined {
  let at: AnyNode = node;
  while (at.type === 'MemberExpression') at = at.object as AnyNode;
  return at;
}

function isBigintLiteral(node: Node): boolean {
  return 'bigint' in node && typeof node.bigint === 'string';
}
