import { AppError } from '../../errors/app-error.ts'

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined

/** What the operator can do about a socket that would not open. */
export function listenError(error: Error, host: string, port: number): AppError {
  const address = `${host}:${port}`
  switch (codeOf(error)) {
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
