import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { passwordProblem } from '../users/user.ts';

/**
 * A new password for the user of this name: asked for twice on the terminal, which does not show it, or the whole of standard input without its
 * line end. Throws, and says why, if it cannot be one. It is no argument, which every user of the machine could see.
 */
export async function readPassword({
  name,
  fromStdin,
}: {
  name: string;
  fromStdin: boolean;
}): Promise<string> {
  const password = fromStdin ? (await text(process.stdin)).replace(/\r?\n$/, '') : await askTwice();
  const problem = passwordProblem(password, name);
  if (problem !== null) throw new Error(`The password ${problem}.`);
  return password;
}

async function askTwice(): Promise<string> {
  if (!process.stdin.isTTY) throw new Error('There is no terminal to ask on: use --password-stdin.');
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: hidden, terminal: true });
  lines.once('SIGINT', () => process.exit(130));
  try {
    const password = await ask('Password: ');
    if (password !== (await ask('Once more: '))) throw new Error('The two are not the same.');
    return password;
  } finally {
    lines.close();
  }

  async function ask(question: string): Promise<string> {
    process.stderr.write(question);
    const answer = await lines.question('');
    process.stderr.write('\n');
    return answer;
  }
}
