import { pemText } from '../keys/pem-text.ts';

/** The names that MySQL's own clients use (`--ssl-mode`). */
export const sslModes = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
export type SslMode = (typeof sslModes)[number];

const parameters = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key'] as const;

/** How a connection is encrypted, as mysql2's options. */
export interface Ssl {
  ca?: string;
  cert?: string;
  key?: string;
  rejectUnauthorized: boolean;
  verifyIdentity: boolean;
}

export interface DatabaseAddress {
  host: string;
  port: number;
  username: string;
  password: string;
  database: string;
  /** Null: not encrypted. */
  ssl: Ssl | null;
  /** Fall back to an unencrypted connection if the server does not support TLS. */
  mayBePlain: boolean;
}

/**
 * `mysql://user:password@host:3306/name?ssl-mode=VERIFY_IDENTITY&ssl-ca=/etc/ssl/db.pem`. User, password and name may be
 * percent-encoded, a host may be an IPv6 address in brackets. The parameters are those of MySQL's own clients; a CA,
 * certificate or key is a file path or PEM text. Without `ssl-mode`, a connection is unencrypted, or verified against the
 * CA if one is given. Throws an error that says what is wrong.
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const url = new URL(text);
  const given = new Map(url.searchParams);
  for (const name of given.keys())
    if (!parameters.some((each) => each === name))
      throw new Error(`has the parameter ${name}; there are: ${parameters.join(', ')}`);
  const [ca, cert, key] = (['ssl-ca', 'ssl-cert', 'ssl-key'] as const).map((name) => pemOf(name, given));
  const mode = sslMode(given.get('ssl-mode'), ca !== undefined || cert !== undefined);
  return {
    host: url.hostname.replace(/^\[(.+)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    username: decoded('user', url.username),
    password: decoded('password', url.password),
    database: decoded('database', url.pathname.slice(1)),
    ssl:
      mode === 'DISABLED'
        ? null
        : {
            ...(ca === undefined ? {} : { ca }),
            ...(cert === undefined ? {} : { cert }),
            ...(key === undefined ? {} : { key }),
            rejectUnauthorized: mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY',
            verifyIdentity: mode === 'VERIFY_IDENTITY',
          },
    mayBePlain: mode === 'PREFERRED',
  };
}

/** Adds these parameters to the URL, unless it has them. */
export function withSsl(
  text: string,
  more: Partial<Record<(typeof parameters)[number], string | null>>,
): string {
  const url = new URL(text);
  for (const [name, value] of Object.entries(more))
    if (typeof value === 'string' && !url.searchParams.has(name)) url.searchParams.set(name, value);
  return url.href;
}

function sslMode(given: string | undefined, isImplied: boolean): SslMode {
  if (given === undefined) return isImplied ? 'VERIFY_CA' : 'DISABLED';
  const mode = sslModes.find((each) => each === given.toUpperCase());
  if (mode === undefined) throw new Error(`has ssl-mode ${given}; there are: ${sslModes.join(', ')}`);
  return mode;
}

function pemOf(name: string, given: ReadonlyMap<string, string>): string | undefined {
  const value = given.get(name);
  if (value === undefined) return undefined;
  const text = pemText(value);
  if (!text.includes('-----BEGIN'))
    throw new Error(`has an ${name} that is neither PEM text nor the path of a file with it`);
  return text;
}

function decoded(what: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`has a ${what} with a % that encodes nothing: write it as %25`);
  }
}
