/**
 * The OpenAPI 3.1 document, made from the schemas that check requests, and its readable page (H10).
 * It must never name anything of a ledger: strangers read it.
 */

import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { RouteOptions } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { App } from '../server/app.ts';
import { tidyDocument } from './document.ts';

const DESCRIPTION = `A Tallystick node over HTTP. Sign in with a key, or bring a token as
\`authorization: Bearer …\`. Errors are problem documents (RFC 9457); programs compare their
\`code\`. Bytes are \`0x\` and hexadecimal digits, times milliseconds since 1970; lists are pages.`;

const SECURITY = [{ bearer: [] }, { session: [] }];

/** REQUIRES that it is called before the paths that it describes are added. */
export async function describeApi(app: App, version: string): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (route.schema === undefined) return;
    route.schema.security = route.config?.access === 'anyone' ? [] : SECURITY;
    route.schema.operationId ??= operationId(route);
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Tallystick', description: DESCRIPTION, version },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'A token, or a session' },
          session: { type: 'apiKey', in: 'cookie', name: 'tally_<port>', description: 'Browsers' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) =>
      tidyDocument(jsonSchemaTransformObject(document) as never) as never,
  });
  app.route({
    method: 'GET',
    url: '/v1/openapi.json',
    config: { access: 'anyone' },
    schema: { hide: true },
    handler: async (_request, reply) =>
      reply.header('cache-control', 'no-cache').send(app.swagger()),
  });
}

/** Its own styles are inline, and its one script is a file. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Without the bar of the tool that draws the page: there is one document here. */
const PAGE_STYLE = `
.swagger-ui .topbar { display: none; }
.swagger-ui .info { margin: 32px 0 16px; }
.swagger-ui .scheme-container { padding: 12px 0; box-shadow: none; background: none; }
`;

const ICON = {
  filename: 'tally.svg',
  type: 'image/svg+xml',
  content: [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"',
    ' stroke="#8a5a2b" stroke-width="1.6" stroke-linecap="round">',
    '<path d="M3 3v10M6 3v10M9 3v10M12 3v10M1.5 12.5l13-9"/></svg>',
  ].join(''),
};

export async function addReadablePage(app: App): Promise<void> {
  await app.register((scope, _options, done) => {
    // Every path that the plug-in adds is open to all.
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'anyone' };
    });
    scope.register(swaggerUi, {
      routePrefix: '/v1/docs',
      staticCSP: PAGE_POLICY,
      uiConfig: { docExpansion: 'list', tryItOutEnabled: false, defaultModelsExpandDepth: 0 },
      theme: {
        title: 'Tallystick: the API of this node',
        css: [{ filename: 'page.css', content: PAGE_STYLE }],
        favicon: [{ ...ICON, rel: 'icon', sizes: 'any', content: Buffer.from(ICON.content) }],
      },
    });
    done();
  });
}

/** `getBlocks`, `postSessionChallenge`: what generated clients call it. */
function operationId({ method, url }: Pick<RouteOptions, 'method' | 'url'>): string {
  const verb = String([method].flat()[0]).toLowerCase();
  const words = url
    .replace(/^\/v1/, '')
    .split(/[/_]/)
    .filter(Boolean)
    .map((part) => (part.startsWith(':') ? `By${upper(part.slice(1))}` : upper(part)));
  return verb + words.join('');
}

function upper(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
