import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type Check, type Finding, failure, fine, warning } from './finding.ts'

const MEGABYTE = 1024 * 1024

/** Whether others on this machine can read the keys or the data, and whether the disk has room. */
export const filesCheck: Check = {
  subject: 'files',
  examine: async ({ config: { data, database } }) => {
    const findings = data.masterKey
      ? []
      : [await privacy(data.keysDir, 'the keys'), await privacy(join(data.keysDir, 'master.key'), 'the master key')]
    if (!database.url) findings.push(await privacy(data.dir, 'the data'), await room(data.dir))
    return findings
  },
}

async function privacy(path: string, what: string): Promise<Finding> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => undefined,
  )
  if (mode === undefined) return warning(`${path} is not there yet`, 'Start the server once.')
  if ((mode & 0o077) === 0) return fine(`${what} in ${path} can be read by its owner alone`)
  return failure(`${what} in ${path} can be read by others (mode ${mode.toString(8)})`, `chmod go-rwx ${path}`)
}

async function room(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(path)
  const free = Math.floor((bavail * bsize) / MEGABYTE)
  if (free < 100)
    return failure(`only ${free} MB are free for the data`, 'Free some space now: a full disk stops every sign-in.')
  if (free < 1024) return warning(`${free} MB are free for the data`, 'Free some space, or move DATA_DIR.')
  return fine(`${free} MB are free for the data`)
}
