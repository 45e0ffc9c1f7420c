/** Makes a `switch` over a union exhaustive: adding a member stops the build until it is handled. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
