import { AppError } from '../../errors/app-error.ts'

/** Undefined where a seal does not open: who looks into why nothing was sent is not kept from the rest of it. */
export const unlessBroken = <T>(opening: Promise<T>): Promise<T | undefined> =>
  opening.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'seal-broken') return undefined
    throw error
  })
