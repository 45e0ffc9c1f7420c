import type { Socket } from 'node:net';
import { stringify } from 'lossless-json';
import { unsignedAnswer } from '../generations/generation.ts';
import { invalid } from './codes.ts';

/**
 * Answers what is not an HTTP request, or has too long a header, in a form that a merchant's client can read: the path is
 * unknown. Then closes the connection.
 */
export function answerBrokenConnection(error: NodeJS.ErrnoException, socket: Socket, traceId: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = Buffer.from(stringify(unsignedAnswer(invalid('无法识别的请求'), traceId)) ?? '');
  const head = [
    'HTTP/1.1 200 OK',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}
