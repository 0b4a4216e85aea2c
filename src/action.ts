import { runAction } from './hosts/action.ts';
import { takeEnvironment } from './hosts/own-environment.ts';

await runAction(takeEnvironment());
