import type { Connection } from 'mysql2';

/** What a session may do. */
export interface SessionLimits {
  /** After so long without a word the server ends it, s; null: as the server has it. */
  silenceS: number | null;
  /** What one statement may take, s; null: any time. */
  statementS: number | null;
}

const LOCK_WAIT_S = 5;

/**
 * How every session talks, whatever the server's defaults, `init_connect` or a proxy say:
 *
 * - `sql_mode` without NO_BACKSLASH_ESCAPES, in which the driver's escaping does not escape, and without ANSI_QUOTES;
 *   strict, so that nothing is stored cut.
 * - Each statement commits by itself, unless a transaction was begun. READ COMMITTED: a statement sees what others have
 *   committed, and a guarded UPDATE locks no more than its row.
 * - Times in UTC, those that the server itself writes included.
 * - Text in all of UTF-8: after a server's own SET NAMES what another charset lacks would be stored as something else.
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

/** MySQL reads the first of these comments alone, MariaDB the second alone, in which the variable has its older name. */
const isolation = (level: string) =>
  ` /*!80000 , SESSION transaction_isolation = '${level}' */ /*M!100100 , SESSION tx_isolation = '${level}' */`;
/** The same: ms of SELECTs, s of all statements. */
const statementTime = (s: number) =>
  ` /*!80000 , SESSION max_execution_time = ${s * 1_000} */ /*M!100100 , SESSION max_statement_time = ${s} */`;

/** What an escaped value must come back as: every character that escaping is about. */
const PROBE = 'a\\\'"`\n\r\t\u0000\u001a%_\\" ; -- 付¿😀';

/**
 * Sets the session, and sees that the server has taken it: before anything else is sent, so that no statement of ours is
 * ever read in another way. Rejects where it has not; the connection must not be used then.
 *
 * A server that writes its binary log as statements refuses changes at READ COMMITTED (error 1665): there the session is at
 * REPEATABLE READ, where our transactions do the same and meet a deadlock more often, which is tried again.
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

/** The isolation has an older name on older MariaDB. */
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
