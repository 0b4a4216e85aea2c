import { openControl, type RunControl } from '../hosts/control.ts';
import { appSettings, type Variables } from '../hosts/environment.ts';

/** Does something with the App's runs, whether the App is up or not. */
export async function withRuns<T>(
  variables: Variables,
  work: (control: RunControl) => Promise<T>,
): Promise<T> {
  const control = await openControl(appSettings(variables));
  try {
    return await work(control);
  } finally {
    await control.close();
  }
}
