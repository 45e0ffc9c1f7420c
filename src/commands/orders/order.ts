import type { Command } from 'commander';
import { addExamples, type OpenApp, withApp } from '../command.ts';
import { print } from '../output.ts';
import { findOrder } from './find-order.ts';
import { renderOrder } from './render-order.ts';

/** `autoclose order`: shows an order and its history. */
export function addOrderCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('order')
    .description('show an order and its history, oldest event first')
    .argument('<number>', 'our order number, its id, or the merchant’s or the channel’s number')
    .option('--json', 'print one JSON object: order, timeline, actions')
    .action((number: string, { json }: { json?: boolean }) =>
      withApp(open, async ({ deps, orderAdmin }) => {
        const result = await findOrder(deps, number);
        const found = result.kind === 'one' ? await orderAdmin.readOrder(result.order.orderNo) : null;
        if (found !== null) {
          for (const line of json ? [JSON.stringify(found)] : renderOrder(found)) print(line);
          return true;
        }
        const orderNos = result.kind === 'several' ? result.orderNos : [];
        const outcome = orderNos.length > 0 ? 'ambiguous' : 'not_found';
        print(
          json
            ? JSON.stringify({ number, outcome, ...(orderNos.length > 0 && { orderNos }) })
            : [`${number}  ${outcome}`, ...orderNos].join('  '),
        );
        return false;
      }),
    );
  addExamples(
    command,
    ['order AC2026…', 'order SHOP-4711 --json'],
    'no order has this number, or several do',
  );
}
