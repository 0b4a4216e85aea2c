import { DataFolderTaken } from '../storage/data-folder.ts';
import { openStorage, type Storage } from '../storage/open-storage.ts';
import { type AppSettings, SettingError } from './environment.ts';

/** Opens the storage that the settings name. @throws SettingError that says why it can't be, and what to do */
export async function openSettingsStorage(settings: AppSettings): Promise<Storage> {
  try {
    return await openStorage(settings.storage);
  } catch (error) {
    if (error instanceof DataFolderTaken)
      throw new SettingError(
        error.message,
        'Stop that process, set DATA_DIR to another folder, or use DATABASE_URL.',
      );
    const where = settings.storage.databaseUrl
      ? 'The database in DATABASE_URL'
      : `The database in ${settings.storage.dataDirectory}`;
    throw new SettingError(
      `${where} can’t be opened: ${error instanceof Error ? error.message || error.name : String(error)}.`,
      'See that it is up, and that the address, the name and the password are right.',
    );
  }
}
