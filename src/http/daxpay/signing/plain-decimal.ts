const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A larger exponent than this is not expanded: the text would no longer be what the sender signed. */
const MAX_EXPONENT = 40;

/** A JSON number as DaxPay 3.0 signs decimals: no exponent, no trailing zeros. `100.10` becomes `100.1`. */
export function plainDecimal(number: string): string {
  const [, minus = '', whole = '', decimals = '', exponent = '0'] = NUMBER.exec(number) ?? [];
  const shift = Number(exponent);
  if (whole === '' || Math.abs(shift) > MAX_EXPONENT) return number;

  const digits = whole + decimals;
  const point = whole.length + shift;
  const before = digits.slice(0, Math.max(point, 0)).padEnd(point, '0').replace(/^0+/, '');
  const after = withoutTrailingZeros(digits.slice(Math.max(point, 0)).padStart(digits.length - point, '0'));
  if (before === '' && after === '') return '0';
  return `${minus}${before || '0'}${after === '' ? '' : `.${after}`}`;
}

/** A loop: a regular expression would scan again from each zero. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
