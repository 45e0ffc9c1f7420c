/** SQLSTATE classes: data exception, integrity constraint violation, raised by a trigger. */
const DATA_CLASSES = ['22', '23', '45'];
/** The same errors, where the server reports them as the general HY000 or 01000. */
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
 * True for an error in the data, which a retry would meet again: a value that the database cannot store, a row that cannot
 * be read, or a bug in our code that this row triggers. False for anything transient, such as an unavailable database, a
 * lock, or a server that refuses writes; and for every unknown error.
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

/** True for a lock timeout or a deadlock: a retry may succeed. */
export function isLockConflict(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ER_LOCK_DEADLOCK' || error.code === 'ER_LOCK_WAIT_TIMEOUT';
}

/** The error codes of driver, operating system and server for an unavailable database. */
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
/** Connection errors without a code. */
const AWAY_MESSAGES = [
  /connection is in closed state/i,
  /connection (fell silent|lost)/i,
  /pool is closed/i,
  /connection .*not established/i,
  /no database connection was free/i,
];

/** True if the error means that the database is unavailable or refuses writes; no request or row is at fault. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string' && AWAY_CODES.has(code)) return true;
  return AWAY_MESSAGES.some((message) => message.test(error.message));
}

/** The error's code or name, for people. Never its message, which repeats values. */
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
