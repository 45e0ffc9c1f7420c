/** The reader has gone, as `head` does when it has seen enough: nothing went wrong. */
const READER_GONE = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

let failure: Error | null = null;

/**
 * From now on an output whose reader has gone is written to no more, quietly: a command goes on with what it was asked to
 * do. Any other failure to write, such as a full disk, is kept for `flushOutput`.
 */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!READER_GONE.includes(error.code ?? '')) failure ??= error;
    });
  }
}

/**
 * Waits until all that was written has reached its reader, however slow that is: a pipe takes 64 KB, and what is beyond
 * that would be lost with the process. Throws if the output could not be written.
 */
export async function flushOutput(): Promise<void> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  if (failure !== null) throw new Error(`the output could not be written: ${failure.message}`);
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints many lines, and returns when they have been taken: as fast as they are read, and none kept in memory. */
export async function printAll(lines: string[]): Promise<void> {
  if (lines.length > 0) await written(process.stdout, `${lines.join('\n')}\n`);
}

/** Also where it fails: that is the stream's to say. */
function written(stream: NodeJS.WriteStream, text = ''): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
