import { runStorm } from './run-storm.ts';
const [seed = '1', orders = '20', minutes] = process.argv.slice(2);
const began = Date.now();
const r = await runStorm({ seed: Number(seed), orders: Number(orders), ...(minutes ? { minutes: Number(minutes) } : {}), say: (l) => console.log(l) });
console.log(JSON.stringify({...r, violations: r.violations.length}), 'seconds', Math.round((Date.now() - began) / 1000));
process.exit(0);
