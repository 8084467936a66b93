import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { eventually } from './eventually.ts'

const run = promisify(execFile)
const program = join(import.meta.dirname, '../../dist/main.js')
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * Into `home`, a data directory whose cluster is made and migrated and that no server has started on yet: making it is most
 * of a first start, and is the same every time. Made once a run, by whichever test asks first.
 */
export async function settle(home: string): Promise<void> {
  const { settledDir } = inject('postgres')
  const isFirst = await mkdir(`${settledDir}.claimed`).then(
    () => true,
    () => false,
  )
  if (isFirst) {
    const making = await mkdtemp(`${settledDir}.`)
    await run(process.execPath, [program, 'migrate'], { cwd: making, env: { PATH: process.env['PATH'] } })
    await rename(making, settledDir)
  }
  await eventually(async () => ((await exists(settledDir)) ? true : undefined), 60_000)
  // With its owner: started as root, the database belongs to somebody else.
  await run('cp', ['-a', join(settledDir, 'data'), home])
}
