import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** The gateways treat a slower answer as none. */
const TIMEOUT_MS = 5000;
/** The status or one word in the body decides acceptance. */
const MAX_ANSWER_CHARS = 4096;

export type PostOutcome = { status: number; body: string } | { error: string };

export interface Poster {
  /** Sends a notification; redirects are not followed. Never rejects. */
  post(url: string, content: { headers: Record<string, string>; body: Buffer }): Promise<PostOutcome>;
  /** Aborts all requests in flight. */
  abort(): void;
}

export function createPoster(): Poster {
  const inFlight = new Set<ClientRequest>();
  return {
    post: (url, { headers, body }) =>
      new Promise((resolve) => {
        const send = url.startsWith('https:') ? requestHttps : requestHttp;
        // No shared agent: a keep-alive connection would delay the shutdown of a merchant's server.
        const outgoing = send(url, { method: 'POST', headers, agent: false });
        const timer = setTimeout(() => outgoing.destroy(new Error('no answer within 5 s')), TIMEOUT_MS);
        inFlight.add(outgoing);
        const end = (outcome: PostOutcome) => {
          clearTimeout(timer);
          inFlight.delete(outgoing);
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
    abort() {
      for (const outgoing of inFlight) outgoing.destroy(new Error('aborted'));
    },
  };
}
