/** SQLSTATE classes: data exception, integrity constraint violation, raised by a trigger. */
const DATA_CLASSES = ['22', '23', '45'];
/** The same errors where the server files them under the general HY000 or 01000. */
const DATA_CODES = new Set([
  'ER_TRUNCATED_WRONG_VALUE',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'WARN_DATA_TRUNCATED',
  'ER_DATA_OUT_OF_RANGE',
  'ER_WRONG_VALUE',
  'ER_CHECK_CONSTRAINT_VIOLATED',
  'ER_CONSTRAINT_FAILED',
  'ER_NO_DEFAULT_FOR_FIELD',
  'ER_CANT_AGGREGATE_2COLLATIONS',
  'ER_CANNOT_CONVERT_STRING',
]);

/**
 * True for an error that lies in the data, and comes again whenever the same is tried: a value that the database cannot
 * hold, a row that cannot be read, a fault of the program that this row brings out. False for whatever may pass, such as a
 * database that is away, a lock, or a server that refuses writes; and for everything unknown.
 */
export function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('sqlState' in error || 'errno' in error) return isAboutData(error);
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof SyntaxError ||
    error.name === 'ZodError'
  );
}

/** True where a lock could not be had in time, or was lost to another: the same may succeed later. */
export function isLockConflict(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ER_LOCK_DEADLOCK' || error.code === 'ER_LOCK_WAIT_TIMEOUT';
}

/** What the driver, the system and the server say when there is no database to be had. */
const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_UNKNOWN_COM_ERROR',
]);
/** Errors of connections that have no code. */
const AWAY_MESSAGES = [
  /connection is in closed state/i,
  /connection (fell silent|lost)/i,
  /pool is closed/i,
  /connection .*not established/i,
  /no database connection was free/i,
];

/** True for an error that says that the database is away, or takes nothing: it lies in no request and no row. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string' && AWAY_CODES.has(code)) return true;
  return AWAY_MESSAGES.some((message) => message.test(error.message));
}

/** What people are told of it. Never its message, which repeats values. */
export function nameOfError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : error.name;
}

function isAboutData(error: Error): boolean {
  const state: unknown = Reflect.get(error, 'sqlState');
  const code: unknown = Reflect.get(error, 'code');
  const isOfClass = typeof state === 'string' && DATA_CLASSES.includes(state.slice(0, 2));
  return isOfClass || (typeof code === 'string' && DATA_CODES.has(code));
}
