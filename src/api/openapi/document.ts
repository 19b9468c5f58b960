/**
 * The OpenAPI document put in order: each schema once and by its own name, bodies as they travel.
 * It must never add what no schema says.
 */

type Node = { [name: string]: unknown };

const SCHEMAS = '#/components/schemas/';
const BINARY = { type: 'string', format: 'binary' };

/** Schemas of answers have names; those of requests come with `Input` at the end. */
export function tidyDocument(document: Node): Node {
  const tidied = renameInputs(dropUnused(document));
  visit(tidied, (node) => {
    const { content } = node;
    if (!isNode(content) || !isNode(content['application/cbor'])) return;
    content['application/cbor'] = { schema: BINARY };
    const json = content['application/json'];
    if (isNode(json)) json.schema = onlyOf(json.schema);
  });
  return tidied;
}

/** What is left of a choice in which JSON has one part. */
function onlyOf(schema: unknown): unknown {
  if (!isNode(schema) || !Array.isArray(schema.anyOf)) return schema;
  return schema.anyOf.length === 1 ? schema.anyOf[0] : schema;
}

/** Schemas that no path leads to are left out. */
function dropUnused(document: Node): Node {
  const schemas = schemasOf(document);
  const used = new Set<string>();
  const follow = (part: unknown): void => {
    visit(part, ({ $ref }) => {
      if (typeof $ref !== 'string' || !$ref.startsWith(SCHEMAS)) return;
      const name = $ref.slice(SCHEMAS.length);
      if (used.has(name)) return;
      used.add(name);
      follow(schemas[name]);
    });
  };
  follow(document.paths);
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return withSchemas(document, Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** `SignInRequestInput` is `SignInRequest` where nothing else is. */
function renameInputs(document: Node): Node {
  const schemas = schemasOf(document);
  const names = Object.keys(schemas).filter((name) => {
    return name.endsWith('Input') && schemas[name.slice(0, -5)] === undefined;
  });
  const renamed = Object.entries(schemas).map(([name, schema]) => {
    return [names.includes(name) ? name.slice(0, -5) : name, schema] as const;
  });
  const result = withSchemas(document, Object.fromEntries(renamed));
  visit(result, (node) => {
    const name = typeof node.$ref === 'string' ? node.$ref.slice(SCHEMAS.length) : '';
    if (names.includes(name)) node.$ref = `${SCHEMAS}${name.slice(0, -5)}`;
  });
  return result;
}

function schemasOf({ components }: Node): Node {
  return isNode(components) && isNode(components.schemas) ? components.schemas : {};
}

function withSchemas(document: Node, schemas: Node): Node {
  const components = isNode(document.components) ? document.components : {};
  return { ...document, components: { ...components, schemas } };
}

function visit(part: unknown, each: (node: Node) => void): void {
  if (Array.isArray(part)) for (const item of part) visit(item, each);
  if (!isNode(part)) return;
  each(part);
  for (const item of Object.values(part)) visit(item, each);
}

function isNode(part: unknown): part is Node {
  return typeof part === 'object' && part !== null && !Array.isArray(part);
}
