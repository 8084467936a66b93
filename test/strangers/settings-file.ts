import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type WhenOver, withTheTest } from '../support/when-over.ts'

/** A `hearthkey.yaml` for `CONFIG_FILE`. */
export async function settingsFile(yaml: string, whenOver: WhenOver = withTheTest): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hearthkey-config-'))
  whenOver(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'hearthkey.yaml')
  await writeFile(path, yaml)
  return path
}
