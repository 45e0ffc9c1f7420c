import type { Operation } from '../gateway/operations.ts';
import type { FaultKind } from './faults.ts';

/** Older entries are dropped. */
const MAX_ENTRIES = 50_000;

/** One request to a gateway and how it was answered. */
export interface LogEntry {
  seq: number;
  at: Date;
  /** When the answer was sent, or the caller disconnected without it; for a hanging request, `at`. */
  endedAt: Date;
  channel: string;
  protocol: string;
  method: string;
  path: string;
  operation: Operation | null;
  orderNo: string | null;
  /** `ok`, or why verification failed. */
  verified: string;
  /** Null if no answer was sent. */
  status: number | null;
  /** The channel's error code, if any. */
  code: string | null;
  fault: FaultKind | null;
}

export interface LogFilter {
  operation?: Operation;
  orderNo?: string;
}

export interface Journal {
  /** The request has been answered, or never will be. */
  record(entry: Omit<LogEntry, 'seq'>): void;
  entries(filter?: LogFilter): LogEntry[];
  /** Resolves with the next matching request once it is answered. */
  next(filter: LogFilter): Promise<LogEntry>;
  clear(): void;
}

export function createJournal(): Journal {
  const entries: LogEntry[] = [];
  const waiting = new Set<{ filter: LogFilter; resolve: (entry: LogEntry) => void }>();
  let lastSeq = 0;

  return {
    record(request) {
      lastSeq += 1;
      const entry: LogEntry = { seq: lastSeq, ...request };
      entries.push(entry);
      if (entries.length > MAX_ENTRIES) entries.splice(0, MAX_ENTRIES / 10);
      for (const waiter of [...waiting]) {
        if (!matches(entry, waiter.filter)) continue;
        waiting.delete(waiter);
        waiter.resolve(entry);
      }
    },
    entries: (filter = {}) => entries.filter((entry) => matches(entry, filter)),
    next: (filter) => new Promise((resolve) => waiting.add({ filter, resolve })),
    clear: () => {
      entries.length = 0;
    },
  };
}

function matches(entry: LogEntry, { operation, orderNo }: LogFilter): boolean {
  return (
    (operation === undefined || operation === entry.operation) &&
    (orderNo === undefined || orderNo === entry.orderNo)
  );
}
