import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { passwordProblem } from '../users/user.ts';

/**
 * Reads a new password for this user: prompts twice on the terminal without echo, or reads all of standard input without the
 * final line break. Throws with the reason if it is not acceptable. It is not an argument, which all users of the machine
 * could see.
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
  if (!process.stdin.isTTY) throw new Error('There is no terminal to prompt on: use --password-stdin.');
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: hidden, terminal: true });
  lines.once('SIGINT', () => process.exit(130));
  try {
    const password = await ask('Password: ');
    if (password !== (await ask('Repeat the password: '))) throw new Error('The passwords do not match.');
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
