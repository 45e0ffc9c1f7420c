import { Argument, type Command } from 'commander';
import type { OrderDeps } from '../../order/deps.ts';
import { type LateDecision, lateDecisions } from '../../order/late-payment.ts';
import type { PaymentOrder } from '../../order/order.ts';
import { byId } from '../../order/outcomes.ts';
import { decideLatePayment } from '../../order/refund/decide-late.ts';
import { assertNever } from '../../platform/assert-never.ts';
import { addExamples, byHand, byOption, count, jsonOption, type OpenApp, withApp } from '../command.ts';
import { print, printAll } from '../output.ts';
import { nameOrder } from './name-order.ts';

/** `autoclose late`: late payments that wait for a person, and what is decided about them. */
export function addLateCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('late')
    .description('late payments that wait for a person; with a decision and order numbers: decides')
    .addArgument(new Argument('[decision]', 'what is to become of them').choices(lateDecisions))
    .argument('[order-no...]', 'our order numbers, ids, or the merchants’ or channels’ numbers')
    .addOption(byOption())
    .option('--limit <n>', 'list so many at most', count, 1_000)
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
    'some order is ambiguous, not there, or has no late payment that waits for a person',
  );
  command.addHelpText(
    'after',
    '\nrefund gives the money back, reopen makes the order paid again, handled takes it off the list.\n"autoclose violations" lists the violations.',
  );
}

async function decide(deps: OrderDeps, number: string, decision: LateDecision, { by }: Options) {
  const named = await nameOrder(deps, number);
  switch (named.kind) {
    case 'one':
      return decideLatePayment(deps, byId(named.order), decision, byHand(by));
    case 'several':
      return { kind: 'ambiguous' as const, orderNos: named.orderNos };
    case 'none':
      return { kind: 'not_found' as const };
    default:
      return assertNever(named);
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
