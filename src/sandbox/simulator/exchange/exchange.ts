import type { ServerResponse } from 'node:http';
import type { SimulatorClock } from '../clock.ts';
import type { Answer, Call } from '../gateway/call.ts';
import { breaksOff, type Fault, type FaultBook, isDistortion, isScripted } from './faults.ts';
import { forgeAnswer } from './forge-answer.ts';
import type { Journal } from './journal.ts';
import type { Staging } from './staging.ts';
import { resetConnection, sendHalf, sendReply, type WireReply, type WireRequest } from './wire.ts';

interface Stage {
  clock: SimulatorClock;
  faults: FaultBook;
  staging: Staging;
  journal: Journal;
}

/**
 * Handles one gateway request:
 * choose its fault; run holds and hooks before the effect; apply the effect, unless the fault prevents it; run
 * holds and hooks after the effect; answer according to the fault; log.
 */
export async function exchange(
  stage: Stage,
  request: WireRequest,
  call: Call,
  response: ServerResponse,
): Promise<void> {
  const at = stage.clock.now();
  let goneAt: Date | null = null;
  response.once('close', () => {
    goneAt = stage.clock.now();
  });
  const fault = stage.faults.take(call);
  if (fault?.kind === 'latency' && fault.when !== 'after') await pause(stage.clock, fault.ms);
  await stage.staging.pass(call, 'before');
  const effect = preventsEffect(fault) ? null : call.perform(staleness(fault));
  await stage.staging.pass(call, 'after');
  if (fault?.kind === 'latency' && fault.when === 'after') await pause(stage.clock, fault.ms);

  // Gateways send their time in `Date`; the program checks its deadlines against it.
  response.setHeader('Date', stage.clock.now().toUTCString());
  const answer = await conclude(call, fault, effect, response);
  stage.journal.record({
    at,
    endedAt: goneAt ?? stage.clock.now(),
    channel: call.channel,
    protocol: call.protocol,
    method: request.method,
    path: request.path,
    operation: call.operation,
    orderNo: call.orderNo,
    verified: call.verified,
    status: answer?.status ?? null,
    code: answer?.code ?? null,
    fault: fault?.kind ?? null,
  });
}

/** Sends the reply, if any; null if the client gets no answer. */
async function conclude(
  call: Call,
  fault: Fault | null,
  effect: Answer | null,
  response: ServerResponse,
): Promise<Answer | null> {
  if (fault !== null && breaksOff(fault)) {
    // A hanging request stays open until the client or the simulator closes it.
    if (fault.kind !== 'hang') resetConnection(response);
    return null;
  }
  const answer = fault !== null && isScripted(fault) ? call.script(fault) : effect;
  if (answer === null) return null;
  const distortion = fault !== null && isDistortion(fault) ? fault : null;
  const forged = distortion !== null && 'forged' in distortion ? distortion.forged : undefined;
  const shown =
    forged === undefined || call.operation !== 'query' ? answer : forgeAnswer(call, answer, forged);
  const reply = call.render(shown, distortion);
  if (distortion?.kind === 'truncated_body') await sendHalf(response, reply);
  else if (distortion?.kind === 'wrong_content_type') await sendReply(response, withWrongType(reply));
  else await sendReply(response, reply);
  return answer;
}

function pause(clock: SimulatorClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

function preventsEffect(fault: Fault | null): boolean {
  if (fault === null || fault.when === 'after' || fault.kind === 'lost_reply') return false;
  return breaksOff(fault) || isScripted(fault);
}

function staleness(fault: Fault | null) {
  return fault?.kind === 'stale_read' ? (fault.forMs ?? 'previous') : null;
}

function withWrongType(reply: WireReply): WireReply {
  return { ...reply, headers: { ...reply.headers, 'Content-Type': 'application/octet-stream' } };
}
