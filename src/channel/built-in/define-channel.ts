import type { z } from 'zod';
import type { Clock } from '../../platform/clock/clock.ts';
import { DEFAULT_CALL_TIMEOUT_MS } from '../adapter/reply.ts';
import type { Channel } from '../channel.ts';
import type { AboutChannel } from './about-channel.ts';

/** Creates a channel. `clock` is the one that deadlines are compared with: the database's. */
export type ChannelFactory = (clock: Clock) => Channel;

/** For `autoclose doctor`: which variables to correct, and what an answer proves about them. */
export interface KeyHints {
  /** The variables of our signing key. */
  readonly ours: string;
  /** The variables of the key that verifies the channel's signatures. */
  readonly theirs: string;
  /** What the answer "no such order" proves: `both` keys work (the gateway signs that answer), or only `ours`. */
  readonly notFoundProves: 'both' | 'ours';
  /** What no query can prove. */
  readonly notProven?: string;
}

/** A channel whose variables are set and valid. */
export interface ConfiguredChannel {
  readonly about: AboutChannel;
  readonly keyHints: KeyHints;
  /** The gateway's base URL, without a trailing slash. */
  readonly endpoint: string;
  /** `notifyUrl`: where the gateway reports payments. `callTimeoutMs`: timeout of one call, ms. */
  create(notifyUrl: string, clock: Clock, callTimeoutMs: number): Channel;
}

/** All that the program needs to know about a gateway, see `defineChannel`. */
export interface ChannelModule {
  readonly about: AboutChannel;
  /** Prefix of its environment variables. */
  readonly prefix: string;
  /** The names of its environment variables. */
  readonly variables: readonly string[];
  /** Whether `variables` include one that enables the channel. */
  isEnabledBy(variables: Readonly<Record<string, string>>): boolean;
  /** Parses its environment variables (text); reports what is wrong with each invalid one. */
  readonly settings: z.ZodType<ConfiguredChannel>;
  /**
   * Parses the options of a program that embeds the library: `appId` stands for `WECHAT_APP_ID`. Throws a TypeError
   * that names each invalid option, without its value.
   */
  fromOptions(options: { notifyUrl: string }): ChannelFactory;
}

interface Definition<Variables extends z.ZodObject> {
  about: AboutChannel;
  /** Prefix of its environment variables, with the trailing `_`. */
  prefix: string;
  variables: Variables;
  /** Variables that do not enable the channel by themselves, because they have defaults. */
  enableNothing: readonly (keyof z.output<Variables> & string)[];
  endpoint(values: z.output<Variables>): string;
  create(values: z.output<Variables>, notifyUrl: string, clock: Clock, callTimeoutMs: number): Channel;
  keyHints: KeyHints;
}

/**
 * Defines a built-in channel; configuration, routes, API reference, doctor and library are derived from it. Two lists
 * name it: `about.ts` has its `about`, `modules.ts` its module.
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

  /** `apiV3Key` becomes `WECHAT_API_V3_KEY`. */
  function variableOf(option: string): string {
    return prefix + option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  }
}
