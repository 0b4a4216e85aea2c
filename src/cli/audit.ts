import { Command } from 'commander';
import type { Variables } from '../hosts/environment.ts';
import { auditErase } from './audit-erase.ts';
import { auditExport } from './audit-export.ts';
import { auditList } from './audit-list.ts';
import { auditVerify } from './audit-verify.ts';

/** `conductor audit`: the record of all that was done, and whether it still is what was written. */
export function audit(variables: Variables): Command {
  return new Command('audit')
    .description('Look into the App’s ledger, check it, take it out. Reads DATABASE_URL, or DATA_DIR.')
    .addCommand(auditVerify(variables))
    .addCommand(auditList(variables))
    .addCommand(auditExport(variables))
    .addCommand(auditErase(variables));
}
