import { rmSync } from 'node:fs'
import { chmod, mkdtemp, readFile, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Several times what the fullest moment of a run takes. */
const ROOM = 2 * 1024 ** 3

/**
 * In memory where there is room: a run makes and drops some thousand databases of three hundred files each, and on some
 * disks' file systems most of its time went into finding a place for them. Containers often give this folder 64 MB, or
 * let no program run from it; then it is the usual one.
 */
async function quickest(): Promise<string> {
  const memory = '/dev/shm'
  const mounts = await readFile('/proc/mounts', 'utf8').catch(() => '')
  const options = mounts.split('\n').findLast((line) => line.includes(` ${memory} tmpfs `)) ?? 'noexec'
  if (/\bnoexec\b/.test(options)) return tmpdir()
  const { bavail, bsize } = await statfs(memory)
  return bavail * bsize >= ROOM ? memory : tmpdir()
}

/** The temporary folder of this run, for the tests and for what they start; nothing of it outlives the run. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(await quickest(), 'hearthkey-run-'))
  // As /tmp is: some tests act as another user.
  await chmod(folder, 0o1777)
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  // Interrupted, a run is not torn down; its database ends by itself when it misses its files.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  process.once('exit', remove)
  return async () => {
    process.off('exit', remove)
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    remove()
  }
}
