import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Engine } from './engine.ts';
import type { AdminDeps } from './http/admin/deps.ts';
import { type OrderAdmin, orderRoutes } from './http/admin/orders/order-routes.ts';
import type { NoticeStore } from './notice/notice-store.ts';
import { resendNotices } from './notice/resend-notices.ts';
import type { OrderDeps } from './order/deps.ts';
import { decideLatePayment } from './order/refund/decide-late.ts';
import { requestCancel, requestClose, requestSync } from './order/requests/close-cancel-sync.ts';
import { reclose } from './order/requests/reclose.ts';
import { queryChannels, reclosePart } from './order/requests/stuck.ts';
import { createOrderStore } from './order/store/store.ts';
import { createStuckStore } from './order/store/stuck-store.ts';
import { ticks } from './platform/clock/clock.ts';
import { packageDirectory, packageVersion } from './platform/package.ts';
import type { Admin } from './users/admin.ts';
import { passwordProblem } from './users/user.ts';
import { createOrderChanges } from './view/changes.ts';
import type { ReadFigures } from './view/dashboard/figures.ts';
import { listCloseRecords } from './view/orders/close-records.ts';
import { readOrderDetail } from './view/orders/order-detail.ts';
import { viewOrder } from './view/orders/order-row.ts';
import { listOrders } from './view/orders/orders.ts';
import { listStuckOrders } from './view/orders/stuck.ts';
import { listViolations } from './view/orders/violations.ts';

/** Orders restarted or queried per second, as on the command line. */
const PER_SECOND = 20;
/** Shows at most so many late payments. */
const LATE_AT_MOST = 1_000;

/** The same dependencies for reading only, over separate connections that closes do not need. */
export function forReading(deps: OrderDeps, readers: DataSource): OrderDeps {
  return { ...deps, store: createOrderStore(readers), stuck: createStuckStore(readers) };
}

/**
 * The admin page's queries and actions on orders. Actions use the same use cases as the API; lists are read from `db`, see
 * `openReaders`.
 */
export function createOrderAdmin(db: DataSource, deps: OrderDeps, notices: NoticeStore): OrderAdmin {
  const { store, clock, log } = deps;
  const reading = forReading(deps, db);
  const changes = createOrderChanges(db, log, ticks);
  return {
    listOrders: (filter, page) =>
      listOrders(db, filter, page, new Date(clock.now().getTime() - deps.closeGraceMs)),
    readOrder: (orderNo) => readOrderDetail(db, orderNo, clock.now()),
    listCloseRecords: (filter, page) => listCloseRecords(db, filter, page),
    listStuck: (filter, page) => listStuckOrders(reading, filter, page),
    async listLate() {
      const [orders, violations] = await Promise.all([
        reading.store.latePaymentsToDecide(LATE_AT_MOST),
        reading.store.countViolations(),
      ]);
      return { rows: orders.map(viewOrder), violations, policy: deps.latePaymentPolicy };
    },
    listViolations: (page) => listViolations(db, page),
    listenToChanges: (listener) => changes.listen(listener),

    findOrder: (orderNo) => store.find(orderNo),
    findOrders: (orderNos) => store.findAll(orderNos),
    closeOrder: (numbers, trigger) => requestClose(deps, numbers, trigger),
    cancelOrder: (numbers, trigger) => requestCancel(deps, numbers, trigger),
    syncOrder: (numbers, trigger) => requestSync(deps, numbers, trigger),
    reclose: (orderNo, trigger) => reclose(deps, orderNo, trigger),
    resendNotices: (orderNo) => resendNotices({ notices, store, clock, log }, orderNo),
    decideLatePayment: (numbers, decision, trigger) => decideLatePayment(deps, numbers, decision, trigger),

    findStuck: (filter, limit) => deps.stuck.list(filter, clock.now(), { limit, after: null }),
    queryChannels: (orders, signal) => queryChannels(deps, orders, PER_SECOND, { signal }),
    reclosePart: (filter, trigger, from, onRestarted) =>
      reclosePart(deps, filter, PER_SECOND, trigger, from, onRestarted),
  };
}

/** The dependencies of the admin page's server. */
export function createAdminDeps({
  admin,
  orderAdmin,
  figures,
  engine,
  publicUrl,
}: {
  admin: Admin;
  orderAdmin: OrderAdmin;
  figures: ReadFigures;
  engine: Engine;
  publicUrl: string;
}): AdminDeps {
  const { clock, log } = engine.deps;
  return {
    log,
    clock,
    version: packageVersion(),
    publicUrl,
    pageDirectory: join(packageDirectory, 'dist/admin'),
    logIn: admin.logIn,
    changePassword: admin.changePassword,
    passwordProblem,
    findSession: admin.findSession,
    endSession: admin.endSession,
    audit: admin.audit,
    listAudit: admin.listAudit,
    queues: engine.queues,
    isQueueReachable: () => engine.redis.status === 'ready',
    routes: [(app) => orderRoutes(app, { ...orderAdmin, figures, audit: admin.audit, log })],
  };
}
