import { Argument, type Command } from 'commander';
import { decideLatePayment } from '../order/decide-late.ts';
import { type LateDecision, lateDecisions } from '../order/late-payment.ts';
import type { PaymentOrder } from '../order/order.ts';
import { count, jsonOption, type OpenApp, print, withApp } from './command.ts';

/** `autoclose late`: late payments that wait for a person, and what is decided about them. */
export function addLateCommand(program: Command, open: OpenApp): void {
  program
    .command('late')
    .description('late payments that wait for a person; with a decision and order numbers: decides')
    .addArgument(new Argument('[decision]', 'what is to become of them').choices(lateDecisions))
    .argument('[order-no...]', 'our order numbers')
    .option('--by <name>', 'who decides, for the close record')
    .option('--limit <n>', 'list so many at most', count, 1_000)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nrefund gives the money back, reopen makes the order paid again, handled takes it off the list.\nExit code 1: some order has no late payment that waits for a person.',
    )
    .action((decision: LateDecision | undefined, orderNos: string[], options: Options, command: Command) => {
      if (decision !== undefined && orderNos.length === 0) command.error('error: give order numbers');
      return withApp(open, async ({ deps }) => {
        if (decision === undefined) {
          const orders = await deps.store.lateForPeople(options.limit);
          for (const order of orders) print(options.json ? JSON.stringify(asJson(order)) : asLine(order));
          const violations = await deps.store.countViolations();
          if (options.json) print(JSON.stringify({ violations }));
          else print(`${orders.length} late payments; ${violations} violations`);
          return true;
        }
        let ok = true;
        for (const orderNo of orderNos) {
          const numbers = { orderNo, bizOrderNo: null };
          const trigger = { kind: 'manual', actor: options.by ?? null, clientIp: null } as const;
          const outcome = await decideLatePayment(deps, numbers, decision, trigger);
          const status = 'status' in outcome ? ` ${outcome.status}` : '';
          print(
            options.json ? JSON.stringify({ orderNo, ...outcome }) : `${orderNo} ${outcome.kind}${status}`,
          );
          ok &&= outcome.kind === 'decided';
        }
        return ok;
      });
    });
}

interface Options {
  by?: string;
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
