import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Both gateways take a merchant that needs longer for one that did not answer. */
const TIMEOUT_MS = 5000;
/** Acceptance is told by the status or by one word. */
const MAX_ANSWER_CHARS = 4096;

export type PostOutcome = { status: number; body: string } | { error: string };

export interface Poster {
  /** Sends a notification; redirects are not followed. Never rejects. */
  post(url: string, content: { headers: Record<string, string>; body: Buffer }): Promise<PostOutcome>;
  /** Breaks off whatever is under way. */
  breakOff(): void;
}

export function createPoster(): Poster {
  const underWay = new Set<ClientRequest>();
  return {
    post: (url, { headers, body }) =>
      new Promise((resolve) => {
        const send = url.startsWith('https:') ? requestHttps : requestHttp;
        // No shared agent: a kept-alive connection would hold up a merchant's server that is shutting down.
        const outgoing = send(url, { method: 'POST', headers, agent: false });
        const timer = setTimeout(() => outgoing.destroy(new Error('no answer within 5 s')), TIMEOUT_MS);
        underWay.add(outgoing);
        const end = (outcome: PostOutcome) => {
          clearTimeout(timer);
          underWay.delete(outgoing);
          resolve(outcome);
        };
        outgoing.on('error', (error) => end({ error: error.message }));
        outgoing.on('response', (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            if (text.length < MAX_ANSWER_CHARS) text += chunk;
          });
          response.on('end', () => end({ status: response.statusCode ?? 0, body: text }));
          response.on('error', (error) => end({ error: error.message }));
        });
        outgoing.end(body);
      }),
    breakOff() {
      for (const outgoing of underWay) outgoing.destroy(new Error('broken off'));
    },
  };
}
