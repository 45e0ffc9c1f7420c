import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A use case under way: what one process does for one order. */
export interface Operation {
  id: number;
  name: string;
  startedAt: Date;
  /** Its promise has settled; steps that it did not wait for may be left. */
  isDone: boolean;
}

/** A point at which an operation pauses until it is resumed. */
export interface Step {
  operation: Operation;
  /** What comes next, or what has just happened. */
  what: string;
  moment: 'before' | 'after';
  /** A request that may be given up, and take effect all the same, later. */
  canBeLate: boolean;
  /** How soon its process continues, relative to the others. */
  pace: number;
  proceed(how: 'go' | 'late'): void;
}

/** A request whose caller has given it up and that is still on its way. */
export interface LateRequest {
  what: string;
  sentAt: Date;
  run(): Promise<void>;
}

/**
 * Takes operations apart into steps. Every call of what has been wrapped stops before its effect and again before
 * its caller learns of it. Only one step moves at a time, so the choice of the next step decides the interleaving,
 * and the same choices give the same interleaving. A killed operation never resumes, which is what SIGKILL leaves
 * behind: whatever had taken effect has, and nobody knows.
 */
export interface Stepper {
  /** `target` with all its functions stopping, or with those that are named. Outside an operation nothing stops. */
  wrap<T extends object>(name: string, target: T, functions?: readonly Stop[]): T;
  start(name: string, work: () => Promise<unknown>): Promise<Operation>;
  /** Waits for the database or the network outside of a step: nothing else moves until it has ended. */
  moving<T>(call: () => Promise<T>): Promise<T>;
  /** Whose call this is. */
  current(): Operation | undefined;
  /** Where operations are standing now, oldest first. */
  steps(): Step[];
  late(): LateRequest[];
  go(step: Step, how?: 'go' | 'late'): Promise<void>;
  land(request: LateRequest): Promise<void>;
  kill(operation: Operation): void;
  reset(): void;
}

/** A function that stops. `late`: with this answer for its caller, it may take effect later. */
export interface Stop {
  name: string;
  late?: unknown;
  /** It decides something before it is asynchronous: stops only after its effect. */
  onlyAfter?: boolean;
}

export function createStepper(
  now: () => Date,
  note: (operation: Operation | null, what: string) => void,
  pickPace: (what: string, moment: Step['moment']) => number,
): Stepper {
  const context = new AsyncLocalStorage<Operation>();
  const steps = new Set<Step>();
  const lateRequests = new Set<LateRequest>();
  let lastId = 0;
  let underWay = 0;
  let idle = () => {};

  /** Everything that moves has come to a stand: no call is under way, and all that follows from the last has run. */
  async function settled(): Promise<void> {
    while (underWay > 0) {
      await new Promise<void>((resolve) => {
        idle = resolve;
      });
    }
    await nextTurn();
    if (underWay > 0) await settled();
  }

  async function moving<T>(call: () => Promise<T>): Promise<T> {
    underWay += 1;
    try {
      return await call();
    } finally {
      underWay -= 1;
      if (underWay === 0) idle();
    }
  }

  function stand(operation: Operation, what: string, moment: Step['moment'], canBeLate = false) {
    return new Promise<'go' | 'late'>((resolve) => {
      const proceed = (how: 'go' | 'late') => {
        steps.delete(step);
        resolve(how);
      };
      const step: Step = { operation, what, moment, canBeLate, pace: pickPace(what, moment), proceed };
      steps.add(step);
    });
  }

  async function stopping(operation: Operation, what: string, stop: Stop, call: () => Promise<unknown>) {
    if (stop.onlyAfter !== true) {
      const how = await stand(operation, what, 'before', 'late' in stop);
      if (how === 'late') {
        const run = async () => note(null, `${what}, late: ${describe(await moving(call))}`);
        lateRequests.add({ what, sentAt: now(), run });
        note(operation, `${what} is given up, and still on its way`);
        return stop.late;
      }
    }
    const result = await moving(call).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const said = 'error' in result ? `threw ${String(result.error)}` : describe(result.value);
    note(operation, `${what}: ${said}`);
    await stand(operation, what, 'after');
    if ('error' in result) throw result.error;
    return result.value;
  }

  return {
    wrap(name, target, functions) {
      return new Proxy(target, {
        get(object, property) {
          const value: unknown = Reflect.get(object, property);
          if (typeof value !== 'function' || typeof property !== 'string') return value;
          const stop =
            functions === undefined ? { name: property } : functions.find((one) => one.name === property);
          if (stop === undefined) return value.bind(object);
          return (...args: unknown[]) => {
            const operation = context.getStore();
            if (operation === undefined) return value.apply(object, args);
            const what = `${name}.${property}`;
            if (stop.onlyAfter !== true)
              return stopping(operation, what, stop, async () => value.apply(object, args));
            const result: unknown = value.apply(object, args);
            return result instanceof Promise ? stopping(operation, what, stop, () => result) : result;
          };
        },
      });
    },
    moving,
    async start(name, work) {
      lastId += 1;
      const operation: Operation = { id: lastId, name, startedAt: now(), isDone: false };
      note(operation, 'begins');
      context.run(operation, work).then(
        (result) => {
          operation.isDone = true;
          note(operation, `ends: ${describe(result)}`);
        },
        (error: unknown) => {
          operation.isDone = true;
          note(operation, `throws: ${error instanceof Error ? error.message : String(error)}`);
        },
      );
      await settled();
      return operation;
    },
    current: () => context.getStore(),
    steps: () => [...steps],
    late: () => [...lateRequests],
    async go(step, how = 'go') {
      step.proceed(how);
      await settled();
    },
    async land(request) {
      lateRequests.delete(request);
      await request.run();
    },
    kill(operation) {
      for (const step of steps) if (step.operation === operation) steps.delete(step);
      note(operation, 'is killed');
    },
    reset() {
      steps.clear();
      lateRequests.clear();
      lastId = 0;
    },
  };
}

const MAX_WORDS = 160;

/** A result in a few words, without the row that comes with it. */
function describe(value: unknown): string {
  if (value === undefined) return 'done';
  const text = JSON.stringify(value, (key, part: unknown) =>
    key === 'payBody' || key === 'body' ? '…' : part,
  );
  if (typeof value === 'object' && value !== null && 'orderNo' in value && 'status' in value) {
    const { status, ending, leaseToken, nextCloseAt } = value as Record<string, unknown>;
    const due = nextCloseAt instanceof Date ? nextCloseAt.toISOString().slice(11, 23) : 'nothing due';
    return `{${String(status)}, ${String(ending)}, ${leaseToken === null ? 'free' : 'leased'}, ${due}}`;
  }
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)}…` : text;
}
