import type { z } from 'zod';
import type { Clock } from '../../platform/clock/clock.ts';
import { DEFAULT_CALL_TIMEOUT_MS } from '../adapter/reply.ts';
import type { Channel } from '../channel.ts';
import type { AboutChannel } from './about-channel.ts';

/** Makes a channel that goes by the clock on which deadlines are compared: the database's. */
export type ChannelFactory = (clock: Clock) => Channel;

/** For `autoclose doctor`: which variables to correct, and what an answer proves of them. */
export interface KeyHints {
  /** With which we sign. */
  readonly ours: string;
  /** With which the channel's signatures are verified. */
  readonly theirs: string;
  /** What "no such order" proves: `both` where the gateway signs it, else only that it accepts our key. */
  readonly notFoundProves: 'both' | 'ours';
  /** What no question can prove. */
  readonly notProven?: string;
}

/** A channel whose variables are set and right. */
export interface ConfiguredChannel {
  readonly about: AboutChannel;
  readonly keyHints: KeyHints;
  /** Where its gateway is, without a trailing slash. */
  readonly endpoint: string;
  /** `notifyUrl`: where the gateway is to report payments. `callTimeoutMs`: how long one call may take. */
  create(notifyUrl: string, clock: Clock, callTimeoutMs: number): Channel;
}

/** All that the program has to know of a gateway, see `defineChannel`. */
export interface ChannelModule {
  readonly about: AboutChannel;
  /** Its variables begin so. */
  readonly prefix: string;
  /** The names of its variables. */
  readonly variables: readonly string[];
  /** Whether any of the variables is set that turn the channel on. */
  isEnabledBy(variables: Readonly<Record<string, string>>): boolean;
  /** Reads its variables, which are text, or says of each what is wrong with it. */
  readonly settings: z.ZodType<ConfiguredChannel>;
  /**
   * The same from the options of a program that embeds the library: `appId` for `WECHAT_APP_ID`. Throws a TypeError that
   * names each option that cannot be used, without its value.
   */
  fromOptions(options: { notifyUrl: string }): ChannelFactory;
}

interface Definition<Variables extends z.ZodObject> {
  about: AboutChannel;
  /** Of all its variables, with `_` at the end. */
  prefix: string;
  variables: Variables;
  /** Variables with a default that do not turn the channel on when they are all that is set. */
  enableNothing: readonly (keyof z.output<Variables> & string)[];
  endpoint(values: z.output<Variables>): string;
  create(values: z.output<Variables>, notifyUrl: string, clock: Clock, callTimeoutMs: number): Channel;
  keyHints: KeyHints;
}

/**
 * A built-in channel from everything that the program needs of its gateway; configuration, routes, reference, doctor and
 * library are made from it. It stands in two lists: `about` in `about.ts`, the module in `modules.ts`.
 */
export function defineChannel<Variables extends z.ZodObject>(
  definition: Definition<Variables>,
): ChannelModule {
  const { about, prefix, variables, enableNothing, keyHints } = definition;
  const settings = variables.transform((values) => ({
    about,
    keyHints,
    endpoint: definition.endpoint(values),
    create: (notifyUrl: string, clock: Clock, callTimeoutMs: number) =>
      definition.create(values, notifyUrl, clock, callTimeoutMs),
  }));
  const passive: readonly string[] = enableNothing;

  return {
    about,
    prefix,
    variables: Object.keys(variables.shape),
    isEnabledBy: (given) =>
      Object.keys(given).some((name) => name.startsWith(prefix) && !passive.includes(name)),
    settings,
    fromOptions({ notifyUrl, ...options }) {
      const given = Object.entries(options).filter(([, value]) => value !== undefined);
      const optionOf = new Map(given.map(([option]) => [variableOf(option), option]));
      const read = settings.safeParse(
        Object.fromEntries(given.map(([option, value]) => [variableOf(option), String(value)])),
      );
      const problems = [...optionOf]
        .filter(([name]) => !Object.hasOwn(variables.shape, name))
        .map(([, option]) => `${option}: is no option`);
      for (const { path, message } of read.error?.issues ?? [])
        problems.push(`${optionOf.get(path.join('.')) ?? path.join('.')}: ${message}`);
      if (!read.success || problems.length > 0) throw new TypeError(problems.join('; '));
      return (clock) => read.data.create(notifyUrl, clock, DEFAULT_CALL_TIMEOUT_MS);
    },
  };

  /** `apiV3Key` is `WECHAT_API_V3_KEY`. */
  function variableOf(option: string): string {
    return prefix + option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  }
}
