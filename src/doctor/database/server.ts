import type { DataSource } from 'typeorm';
import { type Finding, fail, ok, warn } from '../finding.ts';

interface Variables {
  version: string;
  sqlMode: string;
  readOnly: number | string;
  binlog: number | string;
  binlogFormat: string;
  flush: number | string;
}

/** The server: its version, and the settings on which what we promise rests. */
export async function checkServer(db: DataSource): Promise<Finding[]> {
  const [found]: Variables[] = await db.query(
    `SELECT VERSION() AS version, @@SESSION.sql_mode AS sqlMode, @@GLOBAL.read_only AS readOnly,
            @@GLOBAL.log_bin AS \`binlog\`, @@SESSION.binlog_format AS binlogFormat,
            @@GLOBAL.innodb_flush_log_at_trx_commit AS flush`,
  );
  return found === undefined ? [] : [versionFinding(found.version), ...settingFindings(found)];
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

function settingFindings({ sqlMode, readOnly, binlog, binlogFormat, flush }: Variables): Finding[] {
  const findings: Finding[] = [];
  if (Number(readOnly) !== 0)
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
  if (Number(binlog) === 1 && binlogFormat === 'STATEMENT')
    findings.push(
      fail(
        'database binlog_format',
        'STATEMENT forbids READ COMMITTED writes',
        'set binlog_format to ROW or MIXED',
      ),
    );
  if (Number(flush) !== 1)
    findings.push(
      warn(
        'database durability',
        `innodb_flush_log_at_trx_commit is ${flush}: a crash may take the last second of orders with it`,
        'set innodb_flush_log_at_trx_commit to 1',
      ),
    );
  return findings.length > 0 ? findings : [ok('database settings', 'strict, writable, durable')];
}
