import { Argument, type Command } from 'commander';
import type { OrderDeps } from '../../order/deps.ts';
import { type LateDecision, lateDecisions } from '../../order/late-payment.ts';
import type { PaymentOrder } from '../../order/order.ts';
import { byId } from '../../order/outcomes.ts';
import { decideLatePayment } from '../../order/refund/decide-late.ts';
import { assertNever } from '../../platform/assert-never.ts';
import {
  addExamples,
  byOption,
  count,
  jsonOption,
  manualTrigger,
  type OpenApp,
  withApp,
} from '../command.ts';
import { print, printAll } from '../output.ts';
import { findOrder } from './find-order.ts';

/** `autoclose late`: lists late payments that need a decision, and decides. */
export function addLateCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('late')
    .description('list late payments that need a decision; with a decision and order numbers: decide')
    .addArgument(new Argument('[decision]', 'the decision').choices(lateDecisions))
    .argument('[order-no...]', 'our order numbers, ids, or the merchants’ or channels’ numbers')
    .addOption(byOption())
    .option('--limit <n>', 'list at most this many', count, 1_000)
    .addOption(jsonOption())
    .action((decision: LateDecision | undefined, orderNos: string[], options: Options, self: Command) => {
      if (decision !== undefined && orderNos.length === 0) self.error('error: give order numbers');
      return withApp(open, async ({ deps }) => {
        if (decision === undefined) {
          const orders = await deps.store.latePaymentsToDecide(options.limit);
          await printAll(
            orders.map((order) => (options.json ? JSON.stringify(asJson(order)) : asLine(order))),
          );
          const violations = await deps.store.countViolations();
          if (options.json) print(JSON.stringify({ violations }));
          else print(`${orders.length} late payments; ${violations} violations`);
          return true;
        }
        let ok = true;
        for (const orderNo of orderNos) {
          const outcome = await decide(deps, orderNo, decision, options);
          const status = 'status' in outcome ? ` ${outcome.status}` : '';
          print(
            options.json ? JSON.stringify({ orderNo, ...outcome }) : `${orderNo} ${outcome.kind}${status}`,
          );
          ok &&= outcome.kind === 'decided';
        }
        return ok;
      });
    });
  addExamples(
    command,
    ['late', 'late refund AC2026… --by li', 'late handled AC2026… AC2026… --json'],
    'an order is ambiguous, not found, or has no late payment that needs a decision',
  );
  command.addHelpText(
    'after',
    '\nrefund returns the money, reopen makes the order paid again, handled removes it from the list.\n"autoclose violations" lists the violations.',
  );
}

async function decide(deps: OrderDeps, number: string, decision: LateDecision, { by }: Options) {
  const found = await findOrder(deps, number);
  switch (found.kind) {
    case 'one':
      return decideLatePayment(deps, byId(found.order), decision, manualTrigger(by));
    case 'several':
      return { kind: 'ambiguous' as const, orderNos: found.orderNos };
    case 'none':
      return { kind: 'not_found' as const };
    default:
      return assertNever(found);
  }
}

interface Options {
  by: string;
  limit: number;
  json?: boolean;
}

function asLine({ orderNo, channel, status, latePaidAt, closedAt, amountFen }: PaymentOrder): string {
  const closed = closedAt?.toISOString() ?? '';
  return `${orderNo}  ${channel}  ${status}  ${amountFen} fen  closed ${closed}  paid ${latePaidAt?.toISOString() ?? ''}`;
}

function asJson({ orderNo, bizOrderNo, channel, status, amountFen, closedAt, latePaidAt }: PaymentOrder) {
  return { orderNo, bizOrderNo, channel, status, amountFen, closedAt, latePaidAt };
}
