import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'

/** Windows has neither modes nor numbers of users. */
export const checksModes = process.platform !== 'win32'

export const exposed = (path: string, mode: number, command: string): AppError =>
  new AppError('master-key-exposed', {
    detail: `${path} has mode ${(mode & 0o777).toString(8)}: others on this machine can get at it.`,
    cure: `Run: ${command}. If somebody else may have read it, rotate it then: hearthkey key rotate-master`,
  })

export async function accessing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) throw error
    const detail = `${path}: ${errorCode(error) ?? 'unknown reason'}`
    throw new AppError('master-key-inaccessible', { detail, cause: error })
  }
}
