import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isOurs } from '../../src/keyring/master/keys-directory.ts'
import { createMasterFile, masterPath, readMasterFile } from '../../src/keyring/master/master-file.ts'
import { localMasterKey } from '../../src/keyring/master/master-key.ts'
import { masterText, parseBareKey, parseMasterText } from '../../src/keyring/master/master-text.ts'
import { temporaryDirectory } from './support.ts'

const context = { dataKeyId: 'a', purpose: 'seal', version: 1 }

describe('the text of a master key', () => {
  it('reads back, with a line end or without', () => {
    const key = randomBytes(32)
    expect(parseMasterText(masterText(key))).toEqual(key)
    expect(parseMasterText(`${masterText(key)}\r\n`)).toEqual(key)
  })

  it('is not read with any character changed or missing', () => {
    const text = masterText(Buffer.alloc(32, 9))
    for (const at of text.split('').keys()) {
      for (const other of ['A', 'x', '-', '.', '']) {
        const changed = text.slice(0, at) + other + text.slice(at + 1)
        if (changed !== text) expect(parseMasterText(changed), changed).toBeUndefined()
      }
    }
  })

  it('may be 32 bare bytes from a secret store, in their one spelling', () => {
    const key = Buffer.alloc(32, 255)
    expect(parseBareKey(key.toString('base64url'))).toEqual(key)
    expect(parseBareKey(`${key.toString('base64url').slice(0, -1)}9`)).toBeUndefined()
    expect(parseBareKey(randomBytes(31).toString('base64url'))).toBeUndefined()
    expect(parseBareKey(randomBytes(33).toString('base64url'))).toBeUndefined()
    expect(parseBareKey('')).toBeUndefined()
  })
})

describe('a master key', () => {
  it('opens what it wrapped, in the same context only', async () => {
    const master = localMasterKey(randomBytes(32))
    const wrapped = await master.wrap(context, Buffer.from('data key'))
    expect((await master.unwrap(context, wrapped))?.toString()).toBe('data key')
    for (const other of [
      { ...context, dataKeyId: 'b' },
      { ...context, purpose: 'index' },
      { ...context, version: 2 },
    ])
      expect(await master.unwrap(other, wrapped)).toBeUndefined()
    expect(await localMasterKey(randomBytes(32)).unwrap(context, wrapped)).toBeUndefined()
  })

  it('does not open with any byte changed, nor cut', async () => {
    const master = localMasterKey(randomBytes(32))
    const wrapped = await master.wrap(context, randomBytes(32))
    for (const at of wrapped.keys()) {
      const changed = Buffer.from(wrapped)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(await master.unwrap(context, changed)).toBeUndefined()
      expect(await master.unwrap(context, wrapped.subarray(0, at))).toBeUndefined()
    }
  })

  it('has a name that follows from it and tells nothing of it', () => {
    const [root, same] = [Buffer.alloc(32, 5), Buffer.alloc(32, 5)]
    const { id } = localMasterKey(root)
    expect(id).toMatch(/^mk_[0-9a-f]{16}$/)
    expect(localMasterKey(same).id).toBe(id)
    expect(localMasterKey(Buffer.alloc(32, 6)).id).not.toBe(id)
    expect(root, 'the bytes are wiped').toEqual(Buffer.alloc(32))
  })
})

describe('the file of the master key', () => {
  it('that is a folder, which a missing bind mount leaves behind, is named as one', async () => {
    const path = masterPath(await temporaryDirectory())
    await mkdir(path)
    await expect(readMasterFile(path)).rejects.toMatchObject({
      code: 'master-key-inaccessible',
      detail: expect.stringContaining('is a folder'),
    })
  })

  it('is created whole, for its owner alone, in a directory for its owner alone', async () => {
    const keysDir = join(await temporaryDirectory(), 'deep', 'keys')
    const master = await createMasterFile(masterPath(keysDir), randomBytes(32))
    expect((await stat(masterPath(keysDir))).mode & 0o777).toBe(0o600)
    expect((await stat(keysDir)).mode & 0o777).toBe(0o700)
    expect((await readMasterFile(masterPath(keysDir)))?.id).toBe(master.id)
    expect(await readdir(keysDir)).toEqual(['master.key'])
  })

  it('is never replaced by a later creation, which answers the key that is there', async () => {
    const keysDir = await temporaryDirectory()
    const first = await createMasterFile(masterPath(keysDir), randomBytes(32))
    const text = await readFile(masterPath(keysDir), 'utf8')
    expect((await createMasterFile(masterPath(keysDir), randomBytes(32))).id).toBe(first.id)
    expect(await readFile(masterPath(keysDir), 'utf8')).toBe(text)
  })

  it('is never replaced: twenty creators at once agree on one key', async () => {
    const keysDir = await temporaryDirectory()
    const masters = await Promise.all(
      Array.from({ length: 20 }, () => createMasterFile(masterPath(keysDir), randomBytes(32))),
    )
    expect(new Set(masters.map(({ id }) => id)).size).toBe(1)
    expect(await readdir(keysDir)).toEqual(['master.key'])
  })

  it.each([0o640, 0o604, 0o660, 0o622])('is refused with mode %o, and the cure is a command', async (mode) => {
    const keysDir = await temporaryDirectory()
    await createMasterFile(masterPath(keysDir), randomBytes(32))
    await chmod(masterPath(keysDir), mode)
    await expect(readMasterFile(masterPath(keysDir))).rejects.toMatchObject({
      code: 'master-key-exposed',
      cure: expect.stringContaining(`chmod 600 ${masterPath(keysDir)}`) as string,
    })
  })

  it('is not created where others could have planted or could replace it', async () => {
    const shared = await temporaryDirectory()
    await chmod(shared, 0o1777)
    await expect(createMasterFile(masterPath(shared), randomBytes(32))).rejects.toMatchObject({
      code: 'master-key-exposed',
    })
    expect(await readdir(shared)).toEqual([])
    expect((await stat(shared)).mode & 0o7777, 'a shared directory is left as it is').toBe(0o1777)
  })

  it.each([
    [{ me: 1000, file: 1000, directory: 1000 }, true],
    [{ me: 1000, file: 1000, directory: 0 }, true],
    [{ me: 1000, file: 1001, directory: 1001 }, false],
    [{ me: 1000, file: 0, directory: 1000 }, false],
    [{ me: 0, file: 0, directory: 1000 }, true],
    [{ me: 0, file: 1000, directory: 1000 }, true],
    [{ me: 0, file: 1001, directory: 1000 }, false],
    [{ me: 0, file: 1000, directory: 0 }, false],
  ])('is believed from a trusted hand alone before a database vouches for it: %j, %s', (owners, believed) => {
    expect(isOurs(owners)).toBe(believed)
  })

  it('is created in a checkout made under umask 002, which is closed to others', async () => {
    const keysDir = join(await temporaryDirectory(), 'keys')
    await mkdir(keysDir)
    await chmod(keysDir, 0o775)
    await createMasterFile(masterPath(keysDir), randomBytes(32))
    expect((await stat(keysDir)).mode & 0o777).toBe(0o755)
  })

  it('is told damaged when it is cut or edited, without showing what it holds', async () => {
    const keysDir = await temporaryDirectory()
    await createMasterFile(masterPath(keysDir), randomBytes(32))
    const text = await readFile(masterPath(keysDir), 'utf8')
    for (const damaged of ['', text.slice(0, 40), text.replace(/\.(.)/, '.~'), 'x'.repeat(100_000)]) {
      await writeFile(masterPath(keysDir), damaged)
      const error: unknown = await readMasterFile(masterPath(keysDir)).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'master-key-corrupt' })
      expect(JSON.stringify(error)).not.toContain(text.slice(24, 40))
      expect(await readFile(masterPath(keysDir), 'utf8'), 'nothing is overwritten').toBe(damaged)
    }
  })

  it('is told inaccessible when its place is not a directory', async () => {
    const file = join(await temporaryDirectory(), 'file')
    await writeFile(file, '')
    await expect(createMasterFile(join(file, 'master.key'), randomBytes(32))).rejects.toMatchObject({
      code: 'master-key-inaccessible',
    })
  })
})
