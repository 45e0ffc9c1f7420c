/** Says which variable an error is about: the message of a connection names only addresses. */
export async function naming<T>(variable: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${variable}: ${reason}`, { cause: error });
  }
}
