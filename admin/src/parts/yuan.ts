/** 1234567 fen → `¥12,345.67`. Digit by digit: money never becomes a fraction. */
export function yuan(amountFen: number): string {
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amountFen < 0 ? '-' : ''}¥${whole}.${digits.slice(-2)}`;
}
