import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type Check, type Finding, failure, fine, warning } from './finding.ts'

const MEGABYTE = 1024 * 1024
const GROUP_AND_OTHERS = 0o077
/** A TLS key is often shared with a group, such as ssl-cert. */
const OTHERS = 0o007

/** Whether others on this machine can read the keys or the data, and whether the disk has room. */
export const filesCheck: Check = {
  subject: 'files',
  examine: async ({ config: { data, database, server } }) => {
    const findings = data.masterKey
      ? []
      : [await privacy(data.keysDir, 'the keys'), await privacy(join(data.keysDir, 'master.key'), 'the master key')]
    if (!database.url) findings.push(await privacy(data.dir, 'the data'), await room(data.dir))
    if (server.tls) findings.push(await privacy(server.tls.key, 'the TLS key', OTHERS))
    return findings
  },
}

async function privacy(path: string, what: string, strangers = GROUP_AND_OTHERS): Promise<Finding> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => undefined,
  )
  if (mode === undefined)
    return failure(
      `${path} is not there`,
      'Put it back from its backup; a server that has never run makes it at its start.',
    )
  if ((mode & strangers) === 0) return fine(`${what} in ${path} can be read by its owner alone`)
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
