/** The form of requests and answers: ids, problems, names, sizes, time. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVER_LIMITS } from '../../src/api/guard/limits.ts';
import { codeOf, startNode, type TestNode } from './world.ts';

let node: TestNode;
let pages: string;
beforeAll(async () => {
  pages = mkdtempSync(path.join(tmpdir(), 'tally-pages-'));
  mkdirSync(path.join(pages, 'assets'));
  writeFileSync(path.join(pages, 'index.html'), '<!doctype html><title>console</title>');
  writeFileSync(path.join(pages, 'assets', 'app-1a2b3c.js'), 'export {};');
  writeFileSync(path.join(pages, '.secret'), 'secret');
  writeFileSync(path.join(path.dirname(pages), `${path.basename(pages)}.txt`), 'outside');
  node = await startNode({
    console: pages,
    names: ['ledger.example'],
    limits: { requestMs: 1_000 },
  });
});
afterAll(async () => {
  await node.close();
  rmSync(pages, { recursive: true, force: true });
  rmSync(`${pages}.txt`, { force: true });
});

describe('an answer', () => {
  test("has the request's id, its own or ours, as the log has it (H43)", async () => {
    const own = await node.ask('GET', '/health', { headers: { 'x-request-id': 'till-7_a' } });
    expect(own.headers.get('x-request-id')).toBe('till-7_a');
    expect(node.logged.join('')).toContain('"request":"till-7_a"');
    for (const id of ['with space', 'x'.repeat(65), 'ä', 'a"b']) {
      const headers = { 'x-request-id': encodeURI(id) === id ? id : 'a b' };
      const given = (await node.ask('GET', '/health', { headers })).headers.get('x-request-id');
      expect(given).toMatch(/^[\w-]{8,16}$/);
    }
  });

  test('that refuses is a problem document with its code and what to do (H42)', async () => {
    const { status, headers, body } = await node.ask('GET', '/v1/ledger');
    expect(status).toBe(401);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(body).toEqual({
      type: 'urn:tallystick:problem:SIGN_IN_REQUIRED',
      title: 'Sign in first',
      status: 401,
      detail: expect.any(String),
      code: 'SIGN_IN_REQUIRED',
      next: expect.any(String),
      data: {},
      instance: headers.get('x-request-id'),
    });
  });

  test('lets a browser run no script but the files of the node (H16)', async () => {
    for (const target of ['/', '/health', '/v1/ledger', '/v1/docs']) {
      const { headers } = await node.ask('GET', target);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toMatch(/script-src 'self'(?:;|$)/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    expect((await node.ask('GET', '/v1/ledger')).headers.get('cache-control')).toBe('no-store');
  });

  test('to a path that is not there is 404, to a method 405 with those there are (H18)', async () => {
    const nothing = await node.ask('GET', '/v1/nothing');
    expect([nothing.status, codeOf(nothing)]).toEqual([404, 'NOT_FOUND']);
    const method = await node.ask('PATCH', '/v1/session');
    expect([method.status, codeOf(method)]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(method.headers.get('allow')).toBe('DELETE, GET, HEAD, POST');
  });
});

describe('a request', () => {
  test('is asked under a name that the node was told, or of this machine (H46)', async () => {
    const { port } = new URL(node.serving.url);
    const good = [
      'localhost',
      `127.0.0.1:${port}`,
      '127.1.2.3',
      `[::1]:${port}`,
      'LEDGER.example:1',
    ];
    for (const host of good) {
      expect([host, (await node.raw('GET', '/health', { host })).status]).toEqual([host, 200]);
    }
    const bad = [
      'evil.example',
      'localhost.evil.example',
      '10.0.0.1',
      '127.0.0.1.evil.example',
      'a@b',
    ];
    for (const host of bad) {
      const answer = await node.raw('GET', '/health', { host });
      expect([host, answer.status, codeOf(answer)]).toEqual([host, 421, 'HOST_REFUSED']);
    }
  });

  test('has a body of a type that is read here, and that is what it says (H42, H16)', async () => {
    const url = '/v1/session/challenge';
    const types = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data', 'a/b'];
    for (const type of types) {
      const headers = { 'content-type': type };
      const answer = await node.ask('POST', url, { body: 'publicKey=1', headers });
      expect([type, answer.status, codeOf(answer)]).toEqual([type, 415, 'MEDIA_TYPE_UNSUPPORTED']);
    }
    const headers = { 'content-type': 'application/json' };
    for (const body of ['', '{', 'null', '[]', '1', '{"__proto__":{"x":1}}', '{"publicKey":7}']) {
      const answer = await node.ask('POST', url, { body, headers });
      expect([body, answer.status, codeOf(answer)]).toEqual([body, 400, 'REQUEST_INVALID']);
    }
    const unknown = { publicKey: `0x${'1'.repeat(64)}`, more: 1 };
    expect((await node.ask('POST', url, { json: unknown })).body).toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  test('longer than the node takes is refused: body, headers (H44)', async () => {
    const body = `"${'x'.repeat(1_048_576 + SERVER_LIMITS.bodyBytesMore)}"`;
    const headers = { 'content-type': 'application/json' };
    const long = await node.ask('POST', '/v1/session/challenge', { body, headers });
    expect([long.status, codeOf(long)]).toEqual([413, 'REQUEST_TOO_LARGE']);
    const head = `GET /health HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`;
    const answer = await node.socket(head);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('REQUEST_TOO_LARGE');
  });

  test('that does not arrive whole in time is cut, headers or body (H44)', async () => {
    const slow = await node.socket('GET /health HTTP/1.1\r\nhost: localhost\r\nx: ', 8_000);
    expect(slow).toMatch(/^HTTP\/1\.1 408 /);
    expect(slow).toContain('REQUEST_TIMEOUT');
    const half =
      'POST /v1/session/challenge HTTP/1.1\r\nhost: localhost\r\n' +
      'content-type: application/json\r\ncontent-length: 100\r\n\r\n{';
    const cut = await node.socket(half, 8_000);
    expect(cut).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
    expect((await node.ask('GET', '/health')).status).toBe(200);
  });

  test('that is no HTTP is answered with 400 and a closed connection (H42)', async () => {
    for (const text of ['nonsense\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\x16\x03\x01\x02\x00\x01']) {
      expect(await node.socket(text)).toMatch(/^HTTP\/1\.1 400 /);
    }
    const smuggled =
      'POST /health HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n' +
      'transfer-encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await node.socket(smuggled)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('the console', () => {
  test('is files for anyone, kept as long as their names say, and one page (H10)', async () => {
    const page = await node.ask('GET', '/');
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    const asset = await node.ask('GET', '/assets/app-1a2b3c.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const deep = await node.ask('GET', '/blocks/12', { headers: { accept: 'text/html' } });
    expect([deep.status, String(deep.body)]).toEqual([200, String(page.body)]);
    expect((await node.ask('GET', '/blocks/12')).status).toBe(404);
    const api = await node.ask('GET', '/v1/none', { headers: { accept: 'text/html' } });
    expect([api.status, codeOf(api)]).toEqual([404, 'NOT_FOUND']);
  });

  test('answers from its folder alone, whatever the path (H10)', async () => {
    const outside = `../${path.basename(pages)}.txt`;
    const tricks = [
      `/${outside}`,
      `/assets/${outside.replace('..', '%2e%2e/%2e%2e')}`,
      `/..%2f${path.basename(pages)}.txt`,
      '/.secret',
      '/%2esecret',
      '/assets/..%5c..%5cindex.html%00',
      '/%00',
      '/%ff',
      '//etc/passwd',
      '/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    ];
    for (const trick of tricks) {
      const answer = await node.raw('GET', trick, { host: 'localhost' });
      expect([trick, answer.status >= 400 && answer.status < 500]).toEqual([trick, true]);
      expect(String(answer.body)).not.toMatch(/outside|root:/);
    }
  });
});

test('more requests than an address without access may send are 429, others go on (H42)', async () => {
  const small = await startNode({ limits: { visitorRequests: 20 } });
  try {
    const { ask } = await small.member('mary', ['reader']);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => small.ask('GET', '/health')),
    );
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(5);
    expect(codeOf(limited[0] as (typeof answers)[number])).toBe('RATE_LIMITED');
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('GET', '/v1/ledger')).status).toBe(200);
  } finally {
    await small.close();
  }
});
