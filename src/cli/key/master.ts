import { masterPath } from '../../keyring/master/master-file.ts'
import type { MasterRotation } from '../../keyring/master/rotate.ts'
import type { Output } from '../output.ts'

export function describeMasterRotation(
  rotation: MasterRotation,
  { keysDir }: { readonly keysDir: string },
  newKeyFile: string | undefined,
): Output {
  const { from, to, rewrapped, retiredFile } = rotation
  const next = retiredFile
    ? [
        `The new key is ${masterPath(keysDir)}: back it up now, apart from the database, and copy it to every other instance.`,
        `The old key is ${retiredFile}: backups of the database from before need it. Destroy it when they are gone.`,
      ]
    : [
        `Now set MASTER_KEY to the text in ${newKeyFile} wherever this database is served, and back it up.`,
        'Running servers go on; the next start with the old key is refused.',
        'Keep the old key until the backups of the database from before are gone.',
      ]
  return {
    text: [`${rewrapped} data keys were wrapped anew: ${from} → ${to}.`, ...next].join('\n'),
    json: { ...rotation, newKeyFile: retiredFile ? masterPath(keysDir) : newKeyFile },
  }
}
