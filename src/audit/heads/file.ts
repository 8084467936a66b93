import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '../../lib/rename-durably.ts'
import { endTornLine } from '../../lib/torn-line.ts'
import type { HeadOutlet } from './outlet.ts'

/** Read by whoever collects it, which may be another user of this host; heads hold hashes alone. */
const MODE = 0o644
/** Nobody waits at a pipe that nobody reads: it is no file, and that is said. */
const APPENDED = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NONBLOCK

/** Opened anew each time, once in ten minutes or so: whoever moves it away need not tell us. */
export const headsToFile = (path: string): HeadOutlet => ({
  name: 'heads-file',
  take: async (_tx, heads) => {
    const file = await open(path, APPENDED, MODE)
    try {
      const { size } = await file.stat()
      await endTornLine(file, path)
      await file.appendFile(heads.map(({ jws }) => `${jws}\n`).join(''))
      await file.sync()
      if (size === 0) await syncDirectory(dirname(path))
    } finally {
      await file.close()
    }
  },
})
