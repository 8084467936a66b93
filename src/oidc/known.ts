import { createMemory, type MemoryOptions } from '../db/memory.ts'

/** Rows that are read for every request and rarely change, kept until a notification says that one did. */
export interface Known<T> {
  find(id: string): Promise<T | undefined>
}

interface KnownOptions<T> extends MemoryOptions {
  readonly load: (id: string) => Promise<T | undefined>
}

/** Ids that do not exist are asked for each time: whoever makes them up must not fill the memory. */
export async function createKnown<T>({ load, ...options }: KnownOptions<T>): Promise<Known<T>> {
  const memory = createMemory<T>(options)
  await memory.listening
  return {
    find: async (id) => {
      const found = memory.get(id)
      if (found !== undefined) return found
      const keep = memory.reading()
      const value = await load(id)
      if (value !== undefined) keep(id, value)
      return value
    },
  }
}
