import { FOLDER } from '../environment.ts';
import { resetDevelopment } from './reset.ts';

/** `npm run db:reset`: empties what `npm run dev` works on, and restarts the program. */
const { name, password } = await resetDevelopment(FOLDER);
process.stdout.write(`Emptied; the program restarts. User: ${name}   password: ${password}\n`);
