import { closeSync, constants, fchownSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { tryLock } from 'fs-native-extensions'

/** The kernel's word that nobody else holds the file. It ends with the last copy of the descriptor, however that dies. */
export interface HeldLock {
  /** For a child's `stdio`: a copy inherited there keeps the lock after ours is closed. */
  readonly fd: number
  /** For one that is shared: whether it is now held alone. Refused, it stays shared. */
  tryAlone(): boolean
  release(): void
}

interface LockOptions {
  /** Whose file it shall be when root creates it, so that the owner of the directory can start here later. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined
  /** Held beside others who share it: they keep out only who wants it alone. */
  readonly shared?: boolean
  /** Left in the file for whoever is refused. Information only: it proves nothing. */
  readonly note?: string
}

export function tryHold(path: string, { owner, note, shared = false }: LockOptions = {}): HeldLock | undefined {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  try {
    if (owner) fchownSync(fd, owner.uid, owner.gid)
    if (!tryLock(fd, { shared })) {
      closeSync(fd)
      return undefined
    }
    if (note !== undefined) {
      ftruncateSync(fd)
      writeSync(fd, note, 0)
    }
  } catch (error) {
    closeSync(fd)
    throw error
  }
  let open = true
  return {
    fd,
    tryAlone: () => open && tryLock(fd),
    release: () => {
      if (open) closeSync(fd)
      open = false
    },
  }
}

const LOOK_EVERY = 100

/** Resolves when the present holder is gone. Does not keep the process alive. */
export function whenFree(path: string): Promise<void> {
  const fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW)
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!tryLock(fd)) return
      clearInterval(timer)
      closeSync(fd)
      resolve()
    }, LOOK_EVERY)
    timer.unref()
  })
}

export const noteIn = (path: string): string => readFileSync(path, 'utf8').trim()
