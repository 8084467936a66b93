import { AsyncLocalStorage } from 'node:async_hooks'
import type { Unit } from './unit.ts'

const units = new AsyncLocalStorage<Unit>()

/** The engine calls its adapter without saying for which request; this is how the adapter knows. */
export function currentUnit(): Unit {
  const unit = units.getStore()
  if (!unit) throw new Error('the engine was called outside a request')
  return unit
}

export const findUnit = (): Unit | undefined => units.getStore()

export const within = <T>(unit: Unit, work: () => Promise<T>): Promise<T> => units.run(unit, work)

/** For what calls the engine beside its own routes: all of it is kept, or nothing. */
export async function committing<T>(unit: Unit, work: () => Promise<T>): Promise<T> {
  try {
    const result = await within(unit, work)
    await unit.commit()
    return result
  } catch (error) {
    await unit.rollback()
    throw error
  }
}
