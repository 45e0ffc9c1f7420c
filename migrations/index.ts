import { Orders1750000000000 } from './1-orders.ts';
import { Ending1751000000000, Refunds1752000000000 } from './2-cancel.ts';
import { ApiGeneration1753000000000, Notices1753100000000 } from './3-notices.ts';
import { Stuck1754000000000 } from './4-stuck.ts';
import { LatePayments1755000000000, Violations1756000000000 } from './5-late-payment.ts';
import { Processes1759000000000, Traces1759100000000 } from './8-observe.ts';

/** In the order in which they run. */
export const migrations = [
  Orders1750000000000,
  Ending1751000000000,
  Refunds1752000000000,
  ApiGeneration1753000000000,
  Notices1753100000000,
  Stuck1754000000000,
  LatePayments1755000000000,
  Violations1756000000000,
  Processes1759000000000,
  Traces1759100000000,
];
