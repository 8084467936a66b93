import { once } from 'node:events'
import { connect } from 'node:net'
import { errorCode } from '../../lib/error-code.ts'
import { belongsToAnother, isForbidden } from './failure.ts'
import type { Layout } from './layout.ts'

/** A connection is the kernel's proof that somebody lives behind the socket; a file left by a crash refuses it. */
export async function isListening({ socket, dataDir }: Layout): Promise<boolean> {
  const connection = connect(socket)
  try {
    await once(connection, 'connect')
    return true
  } catch (cause) {
    const code = errorCode(cause)
    if (isForbidden(cause)) throw belongsToAnother(dataDir, cause)
    // The queue of a busy server is full: it lives.
    if (code === 'EAGAIN') return true
    return false
  } finally {
    connection.destroy()
  }
}
