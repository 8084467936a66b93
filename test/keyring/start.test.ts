import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { masterPath } from '../../src/keyring/master/master-file.ts'
import { masterText } from '../../src/keyring/master/master-text.ts'
import { Secret } from '../../src/lib/secret.ts'
import { keyringWorld, newPerson } from './support.ts'

const dump = async ({ database }: Awaited<ReturnType<typeof keyringWorld>>) =>
  JSON.stringify((await sql`SELECT * FROM data_keys ORDER BY id`.execute(database.owner)).rows)

describe('[MOS-1] the first start', () => {
  it('makes the master key and the data keys, records them, and says to back the file up', async () => {
    const world = await keyringWorld()
    await world.open()
    expect(world.collected.actions()).toEqual(['data_key.created', 'data_key.created'])
    const text = (await readFile(masterPath(world.keysDir), 'utf8')).trim()
    expect(text).toMatch(/^hearthkey-master-v1\./)
    expect(world.log.text()).toMatch(/"warn".*Back it up/)
    expect(world.log.text()).not.toContain(text.split('.')[1])
    await world.open()
    expect(world.collected.actions()).toHaveLength(2)
    expect(world.log.lines()).toHaveLength(1)
  })

  it('of ten processes at once is one first start', async () => {
    const world = await keyringWorld()
    const keyrings = await Promise.all(Array.from({ length: 10 }, () => world.open()))
    expect(world.collected.actions()).toHaveLength(2)
    const digests = keyrings.map(({ blindIndex }) => blindIndex.exact('a.b', 'text').toString('hex'))
    expect(new Set(digests).size).toBe(1)
  })

  it('of two machines at once on one database: one makes the keys, the other is told to fetch them', async () => {
    const world = await keyringWorld()
    const outcomes = await Promise.allSettled([
      world.open(),
      world.open({ settings: { keysDir: join(world.keysDir, 'elsewhere') } }),
    ])
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(1)
    expect(refused[0]?.reason).toMatchObject({ code: 'master-key-missing' })
    expect(world.collected.actions()).toHaveLength(2)
  })

  it('that died after the file and before the commit goes on with that file', async () => {
    const world = await keyringWorld()
    const dies = async () => Promise.reject(new Error('power cut'))
    await expect(world.open({ record: dies })).rejects.toThrow('power cut')
    const before = await readFile(masterPath(world.keysDir), 'utf8')
    await world.open()
    expect(await readFile(masterPath(world.keysDir), 'utf8')).toBe(before)
  })

  it('on a new database beside keys of an older one warns of a disk that may not be mounted', async () => {
    const older = await keyringWorld()
    await older.open()
    const newer = await keyringWorld()
    await newer.open({ settings: { keysDir: older.keysDir } })
    expect(newer.log.text()).toMatch(/"warn".*The database is new although a master key exists/)
  })
})

const asRoot = process.getuid?.() === 0
const STRANGER = 54_321

/** A key that a stranger knows, where the first start looks for one. */
async function plant(keysDir: string, { mode, name = 'master.key' }: { mode: number; name?: string }) {
  const path = join(keysDir, name)
  await mkdir(keysDir, { recursive: true })
  await chmod(keysDir, mode)
  await writeFile(path, masterText(randomBytes(32)), { mode: 0o600 })
  return { path, text: await readFile(path, 'utf8') }
}

describe('a master key that somebody else may have planted', () => {
  const refused = { code: 'master-key-exposed', cure: expect.stringMatching(/chmod|chown/) as string }

  it('is not used on a first start from a directory that others write to', async () => {
    const world = await keyringWorld()
    const { path, text } = await plant(world.keysDir, { mode: 0o1777 })
    await expect(world.open()).rejects.toMatchObject(refused)
    expect(await dump(world)).toBe('[]')
    expect(await readFile(path, 'utf8'), 'left as evidence').toBe(text)
  })

  it.runIf(asRoot)('is not used on a first start when a stranger owns it, though root could read it', async () => {
    const world = await keyringWorld()
    const { path, text } = await plant(world.keysDir, { mode: 0o777 })
    await chown(path, STRANGER, STRANGER)
    await expect(world.open()).rejects.toMatchObject({ ...refused, detail: expect.stringContaining('54321') as string })
    expect(await dump(world)).toBe('[]')
    expect(await readFile(path, 'utf8')).toBe(text)
    await chown(path, 0, 0)
    await world.open()
  })

  it.runIf(asRoot)('is the service’s own when root starts for the user whose directory it is', async () => {
    const world = await keyringWorld()
    const { path } = await plant(world.keysDir, { mode: 0o700 })
    await chown(path, STRANGER, STRANGER)
    await chown(world.keysDir, STRANGER, STRANGER)
    await world.open()
  })

  it.runIf(asRoot)('is not what a rotation changes to', async () => {
    const world = await keyringWorld()
    const keyring = await world.open()
    const before = await dump(world)
    const { path } = await plant(world.keysDir, { mode: 0o700, name: 'master.key.next' })
    await chown(path, STRANGER, STRANGER)
    await expect(keyring.rotateMasterKey()).rejects.toMatchObject(refused)
    expect(await dump(world)).toBe(before)
  })
})

describe('a start with another master key', () => {
  it('stops when the file is missing, makes no new one, and changes nothing', async () => {
    const world = await keyringWorld()
    await world.open()
    const before = await dump(world)
    await rename(masterPath(world.keysDir), join(world.keysDir, 'backup'))
    await expect(world.open()).rejects.toMatchObject({
      code: 'master-key-missing',
      detail: expect.stringMatching(/mk_[0-9a-f]{16}.*no .*master\.key/) as string,
      cure: expect.stringContaining('backup') as string,
    })
    await expect(readFile(masterPath(world.keysDir))).rejects.toThrow('ENOENT')
    expect(await dump(world)).toBe(before)
    await rename(join(world.keysDir, 'backup'), masterPath(world.keysDir))
    await world.open()
  })

  it('stops when the key is another one, names both, and changes nothing', async () => {
    const world = await keyringWorld()
    await world.open()
    const before = await dump(world)
    await writeFile(masterPath(world.keysDir), masterText(randomBytes(32)))
    const error: unknown = await world.open().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'master-key-wrong' })
    expect(String(error).match(/mk_[0-9a-f]{16}/g)).toHaveLength(2)
    expect(await dump(world)).toBe(before)
  })

  it('stops when the file is damaged', async () => {
    const world = await keyringWorld()
    await world.open()
    await writeFile(masterPath(world.keysDir), 'hearthkey-master-v1.AAAA')
    await expect(world.open()).rejects.toMatchObject({ code: 'master-key-corrupt' })
  })

  it('stops when a wrapped key was changed in the database', async () => {
    const world = await keyringWorld()
    await world.open()
    const superuser = await world.database.superuser()
    await superuser.query(`SET session_replication_role = replica`)
    await superuser.query(`UPDATE data_keys SET wrapped = set_byte(wrapped, 30, get_byte(wrapped, 30) # 1)`)
    await expect(world.open()).rejects.toMatchObject({ code: 'keyring-damaged' })
  })
})

describe('MASTER_KEY', () => {
  it('is used instead of a file, in either spelling', async () => {
    const world = await keyringWorld()
    const key = randomBytes(32)
    const settings = { keysDir: world.keysDir, masterKey: new Secret(masterText(key)) }
    const first = await world.open({ settings })
    const bare = { keysDir: world.keysDir, masterKey: new Secret(key.toString('base64url')) }
    const again = await world.open({ settings: bare })
    expect(again.blindIndex.exact('a.b', 'x')).toEqual(first.blindIndex.exact('a.b', 'x'))
    await expect(readFile(masterPath(world.keysDir))).rejects.toThrow('ENOENT')
  })

  it('is refused when it is not a key, and not echoed', async () => {
    const world = await keyringWorld()
    const masterKey = new Secret('correct-horse-battery-staple')
    const error: unknown = await world
      .open({ settings: { keysDir: world.keysDir, masterKey } })
      .catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'master-key-invalid' })
    expect(`${error} ${JSON.stringify(error)} ${world.log.text()}`).not.toContain('horse')
  })

  it('is refused when it is another one than the database knows', async () => {
    const world = await keyringWorld()
    await world.open()
    const masterKey = new Secret(masterText(randomBytes(32)))
    await expect(world.open({ settings: { keysDir: world.keysDir, masterKey } })).rejects.toMatchObject({
      code: 'master-key-wrong',
    })
  })
})

it('the keyring of an instance that lost its files works again once they are restored', async () => {
  const world = await keyringWorld()
  const keyring = await world.open()
  const person = newPerson()
  await world.database.owner.transaction().execute((tx) => keyring.persons.ensure(tx, person))
  const file = await readFile(masterPath(world.keysDir))
  await rm(world.keysDir, { recursive: true })
  await expect(world.open()).rejects.toMatchObject({ code: 'master-key-missing' })
  await mkdir(world.keysDir)
  await writeFile(masterPath(world.keysDir), file, { mode: 0o600 })
  const restored = await world.open()
  expect(await restored.persons.of(world.database.app, person)).toMatchObject({ ok: true })
})
