/**
 * Answers to what is no whole request: malformed, too long, too slow. There is no path yet, and
 * no framework: a line of HTTP is written to the socket, which is then closed.
 * It must never read on from such a connection.
 */

import type { Socket } from 'node:net';
import { Refusal } from '../../bytes/refusal.ts';
import { problemOf } from './problem.ts';

/** Of a parser that has no request to name. */
const NO_REQUEST = 'unknown';

export function answerBrokenRequest(
  error: Error & { readonly code?: string },
  socket: Socket,
): void {
  const isGone = error.code === 'ECONNRESET' || socket.destroyed || !socket.writable;
  // What was begun cannot be taken back: a second answer in the middle of one is garbage.
  if (isGone || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const problem = problemOf(refusalOf(error.code), NO_REQUEST);
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
  socket.destroySoon();
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('REQUEST_TIMEOUT', 'the request did not arrive whole in time', {
        next: 'send it again',
      });
    case 'HPE_HEADER_OVERFLOW':
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Refusal('REQUEST_TOO_LARGE', 'the headers are longer than this node takes', {
        next: 'send less at once',
      });
    default:
      return new Refusal('REQUEST_INVALID', 'this is not an HTTP request', {
        next: 'use an HTTP client',
      });
  }
}
