/**
 * Names in a module: which declaration a name means, or that it means a global.
 * It must never know what is allowed.
 */

import type { Node, Pattern, Program } from 'acorn';
import { fullAncestor } from 'acorn-walk';

/** Nodes that declarations belong to. */
const SCOPES: ReadonlySet<string> = new Set([
  'Program',
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'SwitchStatement',
  'CatchClause',
  'StaticBlock',
  'ClassExpression',
]);

const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

/** `imported` is told apart because what is imported cannot be state of this module. */
export type Declared = 'imported' | 'own';

export class Scopes {
  readonly #names = new Map<Node, Map<string, Declared>>();

  constructor(program: Program) {
    fullAncestor(program, (node, _state, ancestors) => {
      this.#declare(node as AnyNode, ancestors as AnyNode[]);
    });
  }

  /** The node whose declaration `name` means at the end of `ancestors`; undefined for a global. */
  find(name: string, ancestors: readonly Node[]): { scope: Node; how: Declared } | undefined {
    for (let i = ancestors.length - 1; i >= 0; i--) {
      const scope = ancestors[i];
      const how = scope === undefined ? undefined : this.#names.get(scope)?.get(name);
      if (scope !== undefined && how !== undefined) return { scope, how };
      if (name === 'arguments' && isFunction(scope) && !isArrow(scope))
        return { scope, how: 'own' };
    }
    return undefined;
  }

  #declare(node: AnyNode, ancestors: readonly AnyNode[]): void {
    const outer = ancestors.slice(0, -1);
    switch (node.type) {
      case 'VariableDeclaration': {
        const scope = enclosing(outer, node.kind === 'var' ? isHoistTarget : isScope);
        for (const { id } of node.declarations) this.#add(scope, namesOf(id));
        break;
      }
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        if (node.id) this.#add(enclosing(outer, isScope), [node.id.name]);
        break;
      case 'FunctionExpression':
      case 'ClassExpression':
        if (node.id) this.#add(node, [node.id.name]);
        break;
      case 'CatchClause':
        if (node.param) this.#add(node, namesOf(node.param));
        break;
      case 'ImportDeclaration':
        for (const { local } of node.specifiers) {
          this.#add(enclosing(outer, isScope), [local.name], 'imported');
        }
        break;
    }
    if (isFunction(node)) for (const param of node.params) this.#add(node, namesOf(param));
  }

  #add(scope: Node, names: readonly string[], how: Declared = 'own'): void {
    const known = this.#names.get(scope) ?? new Map<string, Declared>();
    for (const name of names) known.set(name, how);
    this.#names.set(scope, known);
  }
}

/** Acorn's union of nodes, told apart by `type`. */
export type AnyNode = import('acorn').AnyNode;
type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

export function isFunction(node: Node | undefined): node is FunctionNode {
  return node !== undefined && FUNCTIONS.has(node.type);
}

export function isArrow(node: Node | undefined): boolean {
  return node?.type === 'ArrowFunctionExpression';
}

function isScope(node: Node): boolean {
  return SCOPES.has(node.type);
}

function isHoistTarget(node: Node): boolean {
  return node.type === 'Program' || node.type === 'StaticBlock' || isFunction(node);
}

function enclosing(ancestors: readonly Node[], is: (node: Node) => boolean): Node {
  for (let i = ancestors.length - 1; i >= 0; i--) {
    const node = ancestors[i];
    if (node !== undefined && is(node)) return node;
  }
  throw new Error('assertion: a declaration outside a program');
}

/** Every name that a pattern binds. */
function namesOf(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesOf(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : namesOf(element)));
    case 'RestElement':
      return namesOf(pattern.argument);
    case 'AssignmentPattern':
      return namesOf(pattern.left);
    default:
      return [];
  }
}
