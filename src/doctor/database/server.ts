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

/** What the server says of each; one that it does not have is missing. */
type Settings = Partial<Record<Name, string>>;

/** The server: its version, and the settings on which what we promise rests. */
export async function checkServer(db: DataSource): Promise<Finding[]> {
  const [found]: { version: string }[] = await db.query('SELECT VERSION() AS version');
  // Not @@name: that fails for all where a server lacks one, and says ON or 1 as the version likes.
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
  const isOldEnough = isMariadb ? major > 10 || (major === 10 && minor >= 11) : major >= 8;
  const name = isMariadb ? version : `MySQL ${version}`;
  if (isOldEnough) return ok(check, name);
  return fail(check, `${name} is not supported`, 'run MySQL 8.0, 8.4 or MariaDB 10.11 and later');
}

/** Only of what the server has: a setting that it lacks is none to mend. */
export function settingFindings(settings: Settings): Finding[] {
  const { sql_mode: sqlMode = '', log_bin: binlog, binlog_format: binlogFormat } = settings;
  const flush = settings.innodb_flush_log_at_trx_commit;
  const findings: Finding[] = [];
  if (isOn(settings.read_only))
    findings.push(
      fail('database read_only', 'takes no writes: a replica?', 'let DATABASE_URL lead to the primary'),
    );
  if (!/STRICT_(TRANS|ALL)_TABLES/.test(sqlMode))
    findings.push(
      fail(
        'database sql_mode',
        'not strict: what is too long is cut silently',
        'add STRICT_TRANS_TABLES to sql_mode',
      ),
    );
  if (isOn(binlog) && binlogFormat === 'STATEMENT')
    findings.push(
      warn(
        'database binlog_format',
        'STATEMENT: sessions run at REPEATABLE READ, where more changes wait for each other',
        'set binlog_format to ROW or MIXED',
      ),
    );
  if (flush !== undefined && flush !== '1')
    findings.push(
      warn(
        'database durability',
        `innodb_flush_log_at_trx_commit is ${flush}: a crash may take the last second of orders with it`,
        'set innodb_flush_log_at_trx_commit to 1',
      ),
    );
  return findings.length > 0 ? findings : [ok('database settings', 'strict, writable, durable')];
}

/** MariaDB has other words than ON for some ways of being read only. */
function isOn(value = 'OFF'): boolean {
  return !/^(0|OFF)$/i.test(value);
}
