const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Written out, a larger exponent than this would be a text of our making rather than the sender's. */
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

/** Step by step: a regular expression would look again from each zero of the text. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
