/** The parts of an error that may be logged. */
export interface SafeError {
  name: string;
  message?: string;
  code?: string | number;
  errno?: string | number;
  stack?: string;
}

/**
 * An error without its data. Drops all other fields: an HTTP client's error, for instance, carries the request with its
 * Authorization header. A database error carries the statement and its parameters, and its message repeats values, so
 * only its code, number and stack remain.
 */
export function safeError(error: unknown): SafeError {
  if (!(error instanceof Error)) return { name: typeof error };
  const { name, message, stack = '' } = error;
  const numbers = { ...fieldOf(error, 'code'), ...fieldOf(error, 'errno') };
  if (!isOfDatabase(error)) return { name, message, ...numbers, stack };
  const places = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return { name, ...numbers, stack: places.join('\n') };
}

function isOfDatabase(error: Error): boolean {
  return ['sqlMessage', 'sql', 'query', 'parameters'].some((name) => name in error);
}

function fieldOf(error: Error, name: 'code' | 'errno'): Pick<SafeError, 'code' | 'errno'> {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' || typeof value === 'number' ? { [name]: value } : {};
}
