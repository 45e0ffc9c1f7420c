import { FOLDER } from '../environment.ts';
import { resetDevelopment } from './reset.ts';

/** `npm run db:reset`: empties the data of `npm run dev`, and restarts the program. */
const { name, password } = await resetDevelopment(FOLDER);
process.stdout.write(`Done; the program restarts. User: ${name}   password: ${password}\n`);
