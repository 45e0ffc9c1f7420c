import { Orders1750000000000 } from './1-orders.ts';
import { Ending1751000000000, Refunds1752000000000 } from './2-cancel.ts';
import { ApiGeneration1753000000000, Notices1753100000000 } from './3-notices.ts';
import { Stuck1754000000000 } from './4-stuck.ts';
import { LatePayments1755000000000, Violations1756000000000 } from './5-late-payment.ts';
import { Admin1757000000000 } from './6-admin.ts';
import { CloseRecordView1758100000000, View1758000000000 } from './7-view.ts';
import { Processes1759000000000, Traces1759100000000 } from './8-observe.ts';
import { Note1760000000000 } from './9-note.ts';
import { Installation1761000000000 } from './10-installation.ts';
import { Answers1762000000000 } from './11-answers.ts';
import { Archive1763000000000 } from './12-archive.ts';

/** In the order of execution. */
export const migrations = [
  Orders1750000000000,
  Ending1751000000000,
  Refunds1752000000000,
  ApiGeneration1753000000000,
  Notices1753100000000,
  Stuck1754000000000,
  LatePayments1755000000000,
  Violations1756000000000,
  Admin1757000000000,
  View1758000000000,
  CloseRecordView1758100000000,
  Processes1759000000000,
  Traces1759100000000,
  Note1760000000000,
  Installation1761000000000,
  Answers1762000000000,
  Archive1763000000000,
];
