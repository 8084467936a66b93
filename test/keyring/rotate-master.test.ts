import { randomBytes } from 'node:crypto'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Keyring } from '../../src/keyring/keyring.ts'
import { masterPath, nextMasterPath, readMasterFile, retiredMasterPath } from '../../src/keyring/master/master-file.ts'
import type { MasterKeyId } from '../../src/keyring/master/master-key.ts'
import { masterText } from '../../src/keyring/master/master-text.ts'
import { type MasterRotation, rotateMasterKey } from '../../src/keyring/master/rotate.ts'
import { Secret } from '../../src/lib/secret.ts'
import { createNotes, type KeyringWorld, keyringWorld, noteBody } from './support.ts'

const rotate = ({ database, keysDir, log, collected }: KeyringWorld): Promise<MasterRotation> =>
  rotateMasterKey({ owner: database.owner, settings: { keysDir }, log: log.log, record: collected.record })

const wrappedBy = async ({ database }: KeyringWorld): Promise<MasterKeyId[]> =>
  (await sql<{ id: MasterKeyId }>`SELECT DISTINCT master_id AS id FROM data_keys`.execute(database.owner)).rows.map(
    ({ id }) => id,
  )

const fileId = async (path: string) => (await readMasterFile(path))?.id

async function worldWithSeal() {
  const world = await keyringWorld()
  await createNotes(world.database)
  const keyring = await world.open()
  const sealed = keyring.instance.seal(noteBody('x'), 'sealed before')
  const reads = async (by: Keyring) => (await by.instance.openText(noteBody('x'), sealed)).reveal()
  return { world, keyring, reads }
}

describe('[MOS-1] a rotation of the master key', () => {
  it('wraps the data keys anew, keeps the old file under its retired name, and everything opens as before', async () => {
    const { world, keyring, reads } = await worldWithSeal()
    const [before] = await wrappedBy(world)
    const rotation = await rotate(world)
    expect(rotation).toMatchObject({ from: before, rewrapped: 2 })
    expect(await wrappedBy(world)).toEqual([rotation.to])
    expect(await fileId(masterPath(world.keysDir))).toBe(rotation.to)
    expect(await fileId(retiredMasterPath(world.keysDir, rotation.from))).toBe(rotation.from)
    expect((await readdir(world.keysDir)).sort()).toEqual(['master.key', `master.key.${rotation.from}.retired`])
    expect(await reads(keyring), 'a process that runs').toBe('sealed before')
    expect(await reads(await world.open()), 'one that starts').toBe('sealed before')
    expect(world.collected.events.at(-1)).toMatchObject({ action: 'master_key.rotated', target: rotation.to })
  })

  it('leaves a process that was started before it able to follow later rotations', async () => {
    const { world, keyring } = await worldWithSeal()
    const other = await world.open()
    await rotate(world)
    await keyring.rotateSealKey()
    const sealed = keyring.instance.seal(noteBody('y'), 'after')
    expect((await other.instance.openText(noteBody('y'), sealed)).reveal()).toBe('after')
  })

  it('refuses to begin without the master that fits, and before there is anything to wrap', async () => {
    const empty = await keyringWorld()
    await expect(rotate(empty)).rejects.toMatchObject({ code: 'keyring-empty' })
    const { world } = await worldWithSeal()
    await writeFile(masterPath(world.keysDir), masterText(randomBytes(32)))
    await expect(rotate(world)).rejects.toMatchObject({ code: 'master-key-wrong' })
    expect(await readdir(world.keysDir)).toEqual(['master.key'])
  })

  it('of three at once is one after the other, and no key is lost', async () => {
    const { world, reads } = await worldWithSeal()
    const rotations = await Promise.all([rotate(world), rotate(world), rotate(world)])
    const [current] = await wrappedBy(world)
    expect(await fileId(masterPath(world.keysDir))).toBe(current)
    for (const { from } of rotations) expect(await fileId(retiredMasterPath(world.keysDir, from))).toBe(from)
    expect(new Set(rotations.map(({ to }) => to)).size).toBe(3)
    expect(await reads(await world.open())).toBe('sealed before')
  })

  it('says where the key is when an older backup of the database was restored', async () => {
    const { world } = await worldWithSeal()
    const { from, to } = await rotate(world)
    const superuser = await world.database.superuser()
    await superuser.query('SET session_replication_role = replica')
    await superuser.query('UPDATE data_keys SET master_id = $1', [from])
    await expect(world.open()).rejects.toMatchObject({
      code: 'master-key-wrong',
      detail: expect.stringContaining(to) as string,
      cure: expect.stringContaining(retiredMasterPath(world.keysDir, from)) as string,
    })
  })
})

describe('a power cut during the rotation of the master key', () => {
  it('before the database committed leaves the old key in force; the next rotation succeeds', async () => {
    const { world, reads } = await worldWithSeal()
    const before = await fileId(masterPath(world.keysDir))
    const cut = { ...world, collected: { ...world.collected, record: () => Promise.reject(new Error('power cut')) } }
    await expect(rotate(cut)).rejects.toThrow('power cut')
    expect((await readdir(world.keysDir)).sort()).toEqual(['master.key', 'master.key.next'])
    expect(await reads(await world.open())).toBe('sealed before')
    expect(await fileId(masterPath(world.keysDir))).toBe(before)
    await rotate(world)
    expect(await reads(await world.open())).toBe('sealed before')
  })

  it.each([
    ['after the commit, before the files moved', false],
    ['between the two moves of the files', true],
  ])('%s is finished by the next start', async (_when, retiredIsThere) => {
    const { world, reads } = await worldWithSeal()
    const { from, to } = await rotate(world)
    const retired = retiredMasterPath(world.keysDir, from)
    const oldText = await readFile(retired, 'utf8')
    await rename(masterPath(world.keysDir), nextMasterPath(world.keysDir))
    await rename(retired, masterPath(world.keysDir))
    if (retiredIsThere) await writeFile(retired, oldText, { mode: 0o600 })

    expect(await reads(await world.open())).toBe('sealed before')
    expect(await fileId(masterPath(world.keysDir))).toBe(to)
    expect(await fileId(retired)).toBe(from)
    expect((await readdir(world.keysDir)).sort()).toEqual(['master.key', `master.key.${from}.retired`])
  })

  it('leaves no draft of a key behind for longer than to the next rotation', async () => {
    const { world } = await worldWithSeal()
    await writeFile(`${nextMasterPath(world.keysDir)}.0123456789ab.tmp`, masterText(randomBytes(32)))
    await writeFile(join(world.keysDir, 'mine.tmp'), '')
    const { from } = await rotate(world)
    expect((await readdir(world.keysDir)).sort()).toEqual(['master.key', `master.key.${from}.retired`, 'mine.tmp'])
  })

  it('never gives up the only copy: a retired name that holds something else stops the move', async () => {
    const { world } = await worldWithSeal()
    const { from } = await rotate(world)
    const retired = retiredMasterPath(world.keysDir, from)
    await rename(masterPath(world.keysDir), nextMasterPath(world.keysDir))
    await rename(retired, masterPath(world.keysDir))
    await writeFile(retired, masterText(randomBytes(32)), { mode: 0o600 })
    await expect(world.open()).rejects.toMatchObject({ code: 'master-key-corrupt' })
    expect(await fileId(masterPath(world.keysDir))).toBe(from)
  })
})

describe('a rotation of MASTER_KEY', () => {
  it('takes the new key from a file, makes it there when there is none, and touches no other', async () => {
    const world = await keyringWorld()
    const settings = { keysDir: world.keysDir, masterKey: new Secret(masterText(randomBytes(32))) }
    const running = await world.open({ settings })
    const deps = { owner: world.database.owner, settings, log: world.log.log, record: world.collected.record }
    await expect(rotateMasterKey(deps)).rejects.toMatchObject({ code: 'usage-error' })
    const newKeyFile = join(world.keysDir, 'new')
    const { to, retiredFile } = await rotateMasterKey(deps, newKeyFile)
    expect(retiredFile).toBeUndefined()
    expect(await fileId(newKeyFile)).toBe(to)
    expect(await readdir(world.keysDir)).toEqual(['new'])

    await expect(world.open({ settings })).rejects.toMatchObject({ code: 'master-key-wrong' })
    const changed = { keysDir: world.keysDir, masterKey: new Secret(await readFile(newKeyFile, 'utf8')) }
    const restarted = await world.open({ settings: changed })
    expect(restarted.blindIndex.exact('a.b', 'x')).toEqual(running.blindIndex.exact('a.b', 'x'))
  })

  it('has no use for a file where the key is in the keys directory', async () => {
    const { world } = await worldWithSeal()
    const deps = { owner: world.database.owner, settings: { keysDir: world.keysDir }, log: world.log.log }
    await expect(rotateMasterKey({ ...deps, record: world.collected.record }, '/x')).rejects.toMatchObject({
      code: 'usage-error',
    })
  })
})
