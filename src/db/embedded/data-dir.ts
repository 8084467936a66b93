import { chmod, mkdir, readdir, stat } from 'node:fs/promises'
import { AppError } from '../../errors/app-error.ts'
import type { Log } from '../../lib/log.ts'
import type { Layout } from './layout.ts'

/** The kernel's `sun_path`, less its final zero. */
const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103

export function assertSocketPath({ dataDir, socket }: Layout): void {
  const excess = Buffer.byteLength(socket) - LONGEST_SOCKET_PATH
  if (excess <= 0) return
  throw new AppError('data-dir-unusable', {
    detail: `The path of the database's socket is ${excess} bytes too long for the system: ${socket}`,
    cure: `Set DATA_DIR to a path of at most ${Buffer.byteLength(dataDir) - excess} bytes, for example /var/lib/hearthkey.`,
  })
}

export async function ensureDataDir({ dataDir }: Layout, log: Log): Promise<void> {
  if (await mkdir(dataDir, { recursive: true, mode: 0o700 })) return
  const { mode, uid } = await stat(dataDir)
  if ((mode & 0o077) === 0) return
  const self = process.getuid?.()
  // Never on a folder that holds other things: DATA_DIR=/var/lib by mistake must not close /var/lib.
  const ours = (await readdir(dataDir)).every((name) =>
    /^(post(gres|master)|(server|guests)\.lock|lost\+found$|\.)/.test(name),
  )
  if (ours && (self === 0 || self === uid)) await chmod(dataDir, 0o700)
  else log.warn({ path: dataDir }, 'other users may look into the data directory; chmod 700 is recommended')
}
