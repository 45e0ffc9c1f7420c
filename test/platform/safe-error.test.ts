import { QueryFailedError } from 'typeorm';
import { expect, test } from 'vitest';
import { safeError } from '../../src/platform/log/safe-error.ts';
import { openApi } from '../http/support.ts';

const driverError = () =>
  Object.assign(new Error("Duplicate entry 'Wang'\n    for key"), {
    code: 'ER_DUP_ENTRY',
    errno: 1062,
    sqlMessage: "Duplicate entry 'Wang'",
    sql: "INSERT 'Wang'",
  });
const failed = () => new QueryFailedError('INSERT INTO t VALUES (?)', ['Wang'], driverError());

test.each([failed(), driverError()])('a database error shows only its code and location', (error) => {
  const safe = safeError(error);
  expect(safe).toEqual({ name: error.name, code: 'ER_DUP_ENTRY', errno: 1062, stack: expect.any(String) });
  expect(safe.stack).toMatch(/^ {4}at /);
  expect(JSON.stringify(safe)).not.toMatch(/Wang|INSERT|Duplicate/);
});

test('any other error keeps its message, and a thrown non-error only its type', () => {
  const error = Object.assign(new TypeError('no'), { code: 'E1', customer: 'Wang' });
  expect(safeError(error)).toEqual({ name: 'TypeError', message: 'no', code: 'E1', stack: error.stack });
  expect(safeError('Wang')).toEqual({ name: 'string' });
});

test('no route logs SQL', async () => {
  const reject = () => Promise.reject(failed());
  const api = openApi({ closing: reject, receiving: reject, remembering: reject });
  await api.call('/unipay/close', { bizOrderNo: 'P0001', nonceStr: 'n1' });
  await api.post('/notify/wechat_pay', '{}');
  const errors = api.log.flatMap(({ fields: { err } }) => (err === undefined ? [] : [err]));
  expect(errors).toHaveLength(3);
  expect(JSON.stringify(errors)).not.toMatch(/Wang|INSERT/);
  for (const err of errors) expect(err).not.toBeInstanceOf(Error);
});
