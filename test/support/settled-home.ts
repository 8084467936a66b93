import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { madeOnce } from './made-once.ts'

const run = promisify(execFile)
const program = join(import.meta.dirname, '../../dist/main.js')

/**
 * Into `home`, a data directory whose cluster is made and migrated and that no server has started on yet: making it is most
 * of a first start, and is the same every time. Made once a run, by whichever test asks first.
 */
export async function settle(home: string): Promise<void> {
  const { settledDir } = inject('postgres')
  await madeOnce(settledDir, async (making) => {
    await run(process.execPath, [program, 'migrate'], { cwd: making, env: { PATH: process.env['PATH'] } })
  })
  // With its owner: started as root, the database belongs to somebody else.
  await run('cp', ['-a', join(settledDir, 'data'), home])
}
