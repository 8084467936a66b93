import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { testDatabase } from '../support/database.ts'

const run = promisify(execFile)

describe('the typed schema', () => {
  it('is the schema that the migrations make (npm run db:types writes it)', async () => {
    const { name } = await testDatabase()
    const args = ['scripts/db-types.ts', '--verify', '--socket', inject('postgres').socketDir, '--database', name]
    await expect(run(process.execPath, args)).resolves.toMatchObject({ stderr: '' })
  })
})
