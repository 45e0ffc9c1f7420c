import { createSign, createVerify, type KeyObject } from 'node:crypto';

/** gateway.do: every non-empty parameter but `sign`, sorted, joined, not encoded. `sign_type` is included. */
export function gatewayText(params: Iterable<[string, string]>): string {
  return sortedText([...params].filter(([key]) => key !== 'sign'));
}

/** Notifications leave `sign_type` out as well. */
export function notificationText(params: Record<string, string>): string {
  return sortedText(Object.entries(params).filter(([key]) => key !== 'sign' && key !== 'sign_type'));
}

function sortedText(params: [string, string][]): string {
  return params
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** REST v3 request: `authString\nMETHOD\n/path?query\nbody\n`, and the app_auth_token, if any. */
export function restRequestText(request: {
  authString: string;
  method: string;
  target: string;
  body: string;
  appAuthToken: string;
}): string {
  const { authString, method, target, body, appAuthToken } = request;
  const token = appAuthToken === '' ? '' : `${appAuthToken}\n`;
  return `${authString}\n${method}\n${target}\n${body}\n${token}`;
}

/** REST v3 reply: `timestamp\nnonce\nbody\n`. */
export function restReplyText(timestamp: string, nonce: string, body: string): string {
  return `${timestamp}\n${nonce}\n${body}\n`;
}

/** RSA2 is RSA with SHA-256. */
export function signText(text: string | Buffer, key: KeyObject): string {
  return createSign('sha256').update(text).sign(key, 'base64');
}

export function isSignedBy(text: string, signature: string, key: KeyObject): boolean {
  return createVerify('sha256').update(text).verify(key, signature, 'base64');
}
