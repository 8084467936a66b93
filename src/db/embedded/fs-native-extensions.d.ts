declare module 'fs-native-extensions' {
  /** Locks the open file description: `F_OFD_SETLK` on Linux, `flock` on macOS. False when another one is in the way. */
  export function tryLock(fd: number, options?: { readonly shared?: boolean }): boolean
}
