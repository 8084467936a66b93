import { once } from 'node:events'
import { connect } from 'node:net'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import type { Layout } from './layout.ts'

/** A connection is the kernel's proof that somebody lives behind the socket; a file left by a crash refuses it. */
export async function isListening({ socket, dataDir }: Layout): Promise<boolean> {
  const connection = connect(socket)
  try {
    await once(connection, 'connect')
    return true
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'EACCES' || code === 'EPERM') {
      throw new AppError('data-dir-unusable', {
        detail: `The database in ${dataDir} belongs to another user.`,
        cure: 'Run the command as the user that runs Hearthkey, or as root.',
        cause,
      })
    }
    // The queue of a busy server is full: it lives.
    if (code === 'EAGAIN') return true
    return false
  } finally {
    connection.destroy()
  }
}
