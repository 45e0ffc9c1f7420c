import type { Connection } from 'mysql2';

/** The limits of a session. */
export interface SessionLimits {
  /** The server ends it after this long without traffic, s; null: the server's default. */
  silenceS: number | null;
  /** Time limit of one statement, s; null: none. */
  statementS: number | null;
}

const LOCK_WAIT_S = 5;

/**
 * The settings of every session, regardless of the server's defaults, `init_connect` or a proxy:
 *
 * - `sql_mode` without NO_BACKSLASH_ESCAPES, which breaks the driver's escaping, and without ANSI_QUOTES; strict, so that
 *   no value is truncated.
 * - Autocommit outside transactions. READ COMMITTED: a statement sees what others have committed, and a guarded UPDATE
 *   locks only its row.
 * - Times in UTC, including those that the server writes.
 * - Full UTF-8: under a server's own SET NAMES, characters that its charset lacks would be stored as others.
 */
const SESSION = [
  "sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  'autocommit = 1',
  "time_zone = '+00:00'",
  'character_set_client = utf8mb4',
  'character_set_results = utf8mb4',
  'collation_connection = utf8mb4_general_ci',
  `innodb_lock_wait_timeout = ${LOCK_WAIT_S}`,
];

/** MySQL executes only the first comment, MariaDB only the second, where the variable has its older name. */
const isolation = (level: string) =>
  ` /*!80000 , SESSION transaction_isolation = '${level}' */ /*M!100100 , SESSION tx_isolation = '${level}' */`;
/** Likewise: ms for SELECTs in MySQL, s for all statements in MariaDB. */
const statementTime = (s: number) =>
  ` /*!80000 , SESSION max_execution_time = ${s * 1_000} */ /*M!100100 , SESSION max_statement_time = ${s} */`;

/** A value with every character that needs escaping; it must come back unchanged. */
const PROBE = 'a\\\'"`\n\r\t\u0000\u001a%_\\" ; -- 付¿😀';

/**
 * Sets the session and checks that the server applied it, before any other statement is sent, so that none is ever
 * interpreted differently. Rejects if it did not; the connection must not be used then.
 *
 * A server with a statement-based binary log refuses changes at READ COMMITTED (error 1665). There the session uses
 * REPEATABLE READ: our transactions behave the same, with more deadlocks, which are retried.
 */
export async function prepareSession(
  connection: Pick<Connection, 'query'>,
  { silenceS, statementS }: SessionLimits,
): Promise<void> {
  const silence = silenceS === null ? [] : [`wait_timeout = ${silenceS}`];
  const set = `SET ${[...SESSION, ...silence].map((each) => `SESSION ${each}`).join(', ')}`;
  const limits = statementS === null ? '' : statementTime(statementS);
  await ask(connection, `${set}${isolation('READ-COMMITTED')}${limits}`);
  const variables = await read(connection);
  if (variables.get('log_bin') === 'ON' && variables.get('binlog_format') === 'STATEMENT') {
    await ask(connection, `SET SESSION autocommit = 1${isolation('REPEATABLE-READ')}`);
  }
  const mode = variables.get('sql_mode') ?? '';
  const level = variables.get('transaction_isolation') ?? variables.get('tx_isolation');
  const wrong = [
    /NO_BACKSLASH_ESCAPES|ANSI_QUOTES|PIPES_AS_CONCAT/.test(mode) && `sql_mode ${mode}`,
    !mode.includes('STRICT_TRANS_TABLES') && 'sql_mode is not strict',
    variables.get('autocommit') !== 'ON' && 'autocommit is off',
    variables.get('time_zone') !== '+00:00' && 'time_zone is not UTC',
    level !== 'READ-COMMITTED' && `isolation is ${level}`,
    (await echo(connection)) !== PROBE && 'escaped text does not come back as it was sent',
  ].filter((each) => each !== false);
  if (wrong.length > 0) throw new Error(`the database does not keep our session: ${wrong.join('; ')}`);
}

/** Older MariaDB has an older name for the isolation level. */
const NAMES = [
  'sql_mode',
  'autocommit',
  'time_zone',
  'log_bin',
  'binlog_format',
  'transaction_isolation',
  'tx_isolation',
];

async function read(connection: Pick<Connection, 'query'>): Promise<Map<string, string>> {
  const list = NAMES.map((name) => `'${name}'`).join(', ');
  const rows = (await ask(connection, `SHOW SESSION VARIABLES WHERE Variable_name IN (${list})`)) as {
    Variable_name: string;
    Value: string;
  }[];
  return new Map(rows.map(({ Variable_name: name, Value: value }) => [name, value]));
}

async function echo(connection: Pick<Connection, 'query'>): Promise<string | undefined> {
  const [row] = (await ask(connection, 'SELECT ? AS echo', [PROBE])) as { echo: string }[];
  return row?.echo;
}

function ask(connection: Pick<Connection, 'query'>, sql: string, values: string[] = []): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(sql, values, (error, rows) => (error === null ? resolve(rows) : reject(error)));
  });
}
