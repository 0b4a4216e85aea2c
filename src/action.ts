import { runAction } from './hosts/action.ts';

await runAction(process.env);
