import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'

/** Of the run, and gone with it: a hook of the test leaves behind what a worker had made that was ended. */
export const scratchDirectory = (name: string): string =>
  realpathSync(mkdtempSync(join(inject('postgres').scratchDir, `${name}-`)))

/** For `CONFIG_FILE`. */
export function configFile(text: string): string {
  const path = join(scratchDirectory('config'), 'hearthkey.yaml')
  writeFileSync(path, text)
  return path
}
