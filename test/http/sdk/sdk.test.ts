import { expect, test } from 'vitest';
import { naiveSign, type OperationName, type Sdk } from './sdk.ts';
import { sdk205 } from './sdk-2-0-5.ts';
import { sdk206, sdk208 } from './sdk-2-0-6.ts';
import { sdk30 } from './sdk-3-0.ts';

const read = (sdk: Sdk, answer: unknown, operation: OperationName = 'close', status = 200) =>
  sdk.read(operation, status, JSON.stringify(answer), '123456', 'MD5');

test.each([sdk205, sdk206, sdk208, sdk30])('$name throws for any status but 200', (sdk) => {
  expect(() => read(sdk, { code: 0 }, 'close', 500)).toThrow();
});

test.each([sdk205, sdk30])('$name throws for any object where a close returns nothing', (sdk) => {
  expect(() => read(sdk, { code: 0, data: {} })).toThrow();
  expect(read(sdk, { code: 0, data: null }).success).toBe(true);
});

test.each([sdk206, sdk208])(
  '$name throws without data, and at a signed member that its class lacks',
  (sdk) => {
    const members = { code: 0, resTime: 1_715_347_771 };
    const signed = (fields: object) => ({ ...fields, sign: naiveSign({ ...fields }, '123456', 'MD5') });
    expect(() => read(sdk, { code: 0 })).toThrow();
    expect(() => read(sdk, { code: 0, data: signed({ ...members, undocumented: 'A1' }) })).toThrow();
    expect(read(sdk, { code: 0, data: signed(members) }).success).toBe(true);
    expect(read(sdk, { code: 20051, msg: 'no' })).toMatchObject({ success: false, code: 20051 });
  },
);

test.each([sdk205, sdk30])('$name mistakes a missing code, and an HTML page, for success', (sdk) => {
  expect(read(sdk, {}).success).toBe(true);
  expect(sdk.read('close', 200, '<html></html>', '123456', 'MD5').success).toBe(true);
});
