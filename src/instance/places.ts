import type { Config } from '../config/config.ts'
import { readPlacesFile } from '../places/file.ts'

/** Said at the start, by the name of the file, and not by each worker on its own. */
export async function refuseUnusablePlaces({ geo }: Config): Promise<void> {
  if (geo.file !== undefined) await readPlacesFile(geo.file)
}
