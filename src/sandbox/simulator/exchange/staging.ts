import type { Moment, Operation } from '../gateway/operations.ts';

/**
 * Stages races. A hook runs inside the server at one moment of the next matching request; a hold
 * stops that request there until released. Each serves one request. A request meets the oldest matching hold and
 * the oldest matching hook, the hold first, so that two holds catch two requests.
 */
export interface Staging {
  hook(operation: Operation, orderNo: string | null, moment: Moment, act: () => unknown): StagedHook;
  hold(operation: Operation, orderNo: string | null, moment: Moment): Hold;
  /** A request reaches this moment; resolves when it may continue. */
  pass(request: { operation: Operation | null; orderNo: string | null }, moment: Moment): Promise<void>;
  /** Removes all hooks and releases all held requests. */
  clear(): void;
}

export interface StagedHook {
  /**
   * Resolves when the hook has run; rejects with its error, so that a failure nobody handles is an
   * unhandled rejection. The request continues in either case.
   */
  ran: Promise<void>;
}

export interface Hold {
  /** Resolves when a request is held here. */
  arrived: Promise<void>;
  release(): void;
}

interface Stage {
  kind: 'hook' | 'hold';
  operation: Operation;
  /** Null matches every order. */
  orderNo: string | null;
  moment: Moment;
  meet(): Promise<void>;
  drop(): void;
}

export function createStaging(): Staging {
  const stages = new Set<Stage>();
  /** Holds that are holding a request. */
  const held = new Set<Stage>();

  function take(kind: Stage['kind'], request: Parameters<Staging['pass']>[0], moment: Moment) {
    for (const stage of stages) {
      const fits = stage.orderNo === null || stage.orderNo === request.orderNo;
      if (stage.kind !== kind || stage.moment !== moment || stage.operation !== request.operation || !fits) {
        continue;
      }
      stages.delete(stage);
      return stage;
    }
    return null;
  }

  return {
    hook(operation, orderNo, moment, act) {
      const { promise, resolve, reject } = deferred();
      const meet = async () => {
        try {
          await act();
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      stages.add({ kind: 'hook', operation, orderNo, moment, meet, drop: () => {} });
      return { ran: promise };
    },
    hold(operation, orderNo, moment) {
      const arrival = deferred();
      const released = deferred();
      const meet = () => {
        arrival.resolve();
        held.add(stage);
        return released.promise;
      };
      const drop = () => {
        stages.delete(stage);
        held.delete(stage);
        released.resolve();
      };
      const stage: Stage = { kind: 'hold', operation, orderNo, moment, meet, drop };
      stages.add(stage);
      return { arrived: arrival.promise, release: drop };
    },
    async pass(request, moment) {
      await take('hold', request, moment)?.meet();
      await take('hook', request, moment)?.meet();
    },
    clear() {
      for (const stage of [...stages, ...held]) stage.drop();
      stages.clear();
    },
  };
}

interface Deferred {
  promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

function deferred(): Deferred {
  let resolve: Deferred['resolve'] = () => {};
  let reject: Deferred['reject'] = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
