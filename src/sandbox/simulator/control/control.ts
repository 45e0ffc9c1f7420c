import type { AddedFault, Fault, ListedFault } from '../exchange/faults.ts';
import type { LogEntry, LogFilter } from '../exchange/journal.ts';
import type { Hold, StagedHook } from '../exchange/staging.ts';
import type { Moment, Operation } from '../gateway/operations.ts';
import type { DeliveryFaults } from '../notify/delivery-faults.ts';
import type { Notifier } from '../notify/notifier.ts';
import { emptyLedgers, type Settings, simulators, type WholeWorld } from '../simulators.ts';
import { type Customer, createCustomer } from './customer.ts';

export interface Control extends Customer {
  clock: Pick<WholeWorld['clock'], 'now' | 'advance'>;
  /** Switches; set them directly. A change applies from the next request on. */
  readonly settings: Settings;

  addFault(fault: Fault): AddedFault;
  /** The active faults. */
  faults(): ListedFault[];
  clearFaults(): void;
  /** Runs `act` inside the server, right before the effect of the next such request. Null matches every order. */
  before(operation: Operation, orderNo: string | null, act: () => unknown): StagedHook;
  /** Runs `act` inside the server, right after the effect of the next such request and before its answer. */
  after(operation: Operation, orderNo: string | null, act: () => unknown): StagedHook;
  /** Holds the next such request before or after its effect, until released. */
  hold(operation: Operation, orderNo: string | null, when: Moment): Hold;
  /** Resolves when the next such request has been answered (or never will be). */
  seen(operation: Operation, orderNo?: string): Promise<LogEntry>;
  log(filter?: LogFilter): LogEntry[];
  /** Whether a refund of this order is accepted, but the money has not moved yet. */
  isRefundPending(orderNo: string): boolean;

  notifications: DeliveryFaults & Pick<Notifier, 'flush' | 'resend' | 'deliveries' | 'delivered'>;
  /** Clears orders, faults, staged races, settings, the log and pending notifications. Keeps the time. */
  reset(): void;
}

/** Everything common to all gateways: customers, faults, races, evidence. */
export function createControl(world: WholeWorld): Control {
  const { clock, faults, staging, journal, notifier } = world;
  const initialSettings = { ...world.settings };
  return {
    ...createCustomer(world),
    clock: { now: clock.now, advance: clock.advance },
    settings: world.settings,
    addFault: faults.add,
    faults: faults.list,
    clearFaults: faults.clear,
    before: (operation, orderNo, act) => staging.hook(operation, orderNo, 'before', act),
    after: (operation, orderNo, act) => staging.hook(operation, orderNo, 'after', act),
    hold: staging.hold,
    seen: (operation, orderNo) =>
      journal.next(orderNo === undefined ? { operation } : { operation, orderNo }),
    log: journal.entries,
    isRefundPending: (orderNo) =>
      Object.values(simulators).some((gateway) => gateway.isRefundPending(world, orderNo)),
    notifications: notifier,
    reset() {
      faults.clear();
      staging.clear();
      notifier.clear();
      journal.clear();
      Object.assign(world, emptyLedgers());
      Object.assign(world.settings, initialSettings);
    },
  };
}
