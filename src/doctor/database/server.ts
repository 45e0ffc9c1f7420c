import type { DataSource } from 'typeorm';
import { type Finding, fail, ok, warn } from '../finding.ts';

const names = [
  'sql_mode',
  'read_only',
  'log_bin',
  'binlog_format',
  'innodb_flush_log_at_trx_commit',
] as const;
type Name = (typeof names)[number];

/** The server's values; a setting that it does not have is missing. */
type Settings = Partial<Record<Name, string>>;

/** The server's version, and the settings that our guarantees depend on. */
export async function checkServer(db: DataSource): Promise<Finding[]> {
  const [found]: { version: string }[] = await db.query('SELECT VERSION() AS version');
  // Not @@name: the query fails if the server lacks one of them, and returns ON or 1 depending on the version.
  const rows: { Variable_name: Name; Value: string }[] = await db.query(
    `SHOW VARIABLES WHERE Variable_name IN (${names.map(() => '?').join()})`,
    [...names],
  );
  const settings: Settings = Object.fromEntries(rows.map((row) => [row.Variable_name, row.Value]));
  return found === undefined ? [] : [versionFinding(found.version), ...settingFindings(settings)];
}

function versionFinding(version: string): Finding {
  const check = 'database';
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const isMariadb = /mariadb/i.test(version);
  const isSupported = isMariadb ? major > 10 || (major === 10 && minor >= 11) : major >= 8;
  const name = isMariadb ? version : `MySQL ${version}`;
  if (isSupported) return ok(check, name);
  return fail(check, `${name} is not supported`, 'run MySQL 8.0, 8.4 or MariaDB 10.11 and later');
}

/** Findings only for settings that the server has. */
export function settingFindings(settings: Settings): Finding[] {
  const { sql_mode: sqlMode = '', log_bin: binlog, binlog_format: binlogFormat } = settings;
  const flush = settings.innodb_flush_log_at_trx_commit;
  const findings: Finding[] = [];
  if (isOn(settings.read_only))
    findings.push(
      fail('database read_only', 'rejects writes: a replica?', 'point DATABASE_URL to the primary'),
    );
  if (!/STRICT_(TRANS|ALL)_TABLES/.test(sqlMode))
    findings.push(
      fail(
        'database sql_mode',
        'not strict: values that are too long are truncated silently',
        'add STRICT_TRANS_TABLES to sql_mode',
      ),
    );
  if (isOn(binlog) && binlogFormat === 'STATEMENT')
    findings.push(
      warn(
        'database binlog_format',
        'STATEMENT: transactions run at REPEATABLE READ, where changes block each other more often',
        'set binlog_format to ROW or MIXED',
      ),
    );
  if (flush !== undefined && flush !== '1')
    findings.push(
      warn(
        'database durability',
        `innodb_flush_log_at_trx_commit is ${flush}: a crash may lose the last second of orders`,
        'set innodb_flush_log_at_trx_commit to 1',
      ),
    );
  return findings.length > 0 ? findings : [ok('database settings', 'strict, writable, durable')];
}

/** MariaDB has other values than ON for some kinds of read_only. */
function isOn(value = 'OFF'): boolean {
  return !/^(0|OFF)$/i.test(value);
}
