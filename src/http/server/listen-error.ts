import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'

/** What the operator can do about a socket that would not open. */
export function listenError(error: Error, host: string, port: number): AppError {
  const address = `${host}:${port}`
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new AppError('port-in-use', {
        detail: `${address} is already in use.`,
        cause: error,
      })
    case 'EACCES':
      return new AppError('listen-refused', {
        detail: `This user may not listen on ${address}.`,
        cure: 'Set PORT to 1024 or above, or give the program the capability to open low ports (CAP_NET_BIND_SERVICE).',
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AppError('listen-refused', {
        detail: `${host} is not an address of this machine.`,
        cause: error,
      })
    default:
      return new AppError('listen-refused', {
        detail: `Could not listen on ${address}.`,
        cause: error,
      })
  }
}
