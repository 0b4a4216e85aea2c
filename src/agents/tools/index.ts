import { askPerson } from './ask-person.ts';
import { deleteFile } from './delete-file.ts';
import { editFile } from './edit-file.ts';
import { finish } from './finish.ts';
import { listFiles } from './list-files.ts';
import { readFile } from './read-file.ts';
import { renameFile } from './rename-file.ts';
import { requestApproval } from './request-approval.ts';
import { searchCode } from './search-code.ts';
import type { Tool } from './tool.ts';
import { writeFile } from './write-file.ts';

/** Every tool there is, in the order that models are told of them: a fixed order keeps the prompt's prefix cacheable. */
export const TOOLS: readonly Tool[] = [
  listFiles,
  readFile,
  searchCode,
  editFile,
  writeFile,
  deleteFile,
  renameFile,
  askPerson,
  requestApproval,
  finish,
];
