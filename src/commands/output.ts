/** The reader closed the pipe, as `head` does: not an error. */
const READER_GONE = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

let failure: Error | null = null;

/**
 * From now on, ignores outputs whose reader has closed the pipe: the command continues. Keeps any other write error, such as
 * a full disk, for `flushOutput`.
 */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!READER_GONE.includes(error.code ?? '')) failure ??= error;
    });
  }
}

/**
 * Waits until the reader has received all output, however slow it is: a pipe buffers 64 KB, and anything beyond would be lost
 * when the process ends. Throws if writing failed.
 */
export async function flushOutput(): Promise<void> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  if (failure !== null) throw new Error(`could not write the output: ${failure.message}`);
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints many lines and waits until they are written: as fast as the reader, without buffering. */
export async function printAll(lines: string[]): Promise<void> {
  if (lines.length > 0) await written(process.stdout, `${lines.join('\n')}\n`);
}

/** Resolves on failure too: the stream's error handler keeps it. */
function written(stream: NodeJS.WriteStream, text = ''): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
