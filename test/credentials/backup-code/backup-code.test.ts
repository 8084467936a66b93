import { describe, expect, it } from 'vitest'
import { newCode, typedCode } from '../../../src/credentials/backup-code/backup-code.ts'
import { sha256 } from '../../../src/lib/hash.ts'
import type { User } from '../../../src/users/user.ts'
import { atOnce, factorWorld } from '../factor-support.ts'

const sha256Hex = (text: string) => sha256(text).toString('hex')

async function codesWorld() {
  const world = await factorWorld()
  const { backupCodes, by, tx } = world
  const generate = async (of: User) => {
    const codes = await tx((it) => backupCodes.generate(it, by, of.id))
    return codes.map((code) => code.reveal())
  }
  const prove = (who: User, code: string) => tx((it) => backupCodes.prove(it, by, who.id, code))
  return { ...world, generate, prove }
}

/** The one at this place; there are ten. */
const nth = (codes: readonly string[], at: number): string => {
  const code = codes[at]
  if (code === undefined) throw new Error(`there is no code ${at}`)
  return code
}

describe('a backup code', () => {
  it('is 80 random bits in groups that can be read from paper', () => {
    const made = Array.from({ length: 200 }, () => newCode().reveal())
    for (const code of made) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
    expect(new Set(made).size).toBe(200)
    // Each of the 32 letters at each of the 16 places, or the chance of that is one in ten thousand.
    const places = Array.from({ length: 16 }, (_, at) => new Set(made.map((code) => code.replaceAll('-', '')[at])))
    for (const letters of places) expect(letters.size).toBeGreaterThan(26)
  })

  it.each([
    '7K2M-9QXD-0F4T-WB81',
    '7k2m-9qxd-0f4t-wb81',
    '7K2M9QXD0F4TWB81',
    ' 7K2M 9QXD 0F4T WB81\n',
    '7k2m–9qxd–of4t–wb8l',
    '7K2M-9QXD-OF4T-WB8I',
    '７Ｋ２Ｍ-9QXD-0F4T-WB81',
  ])('may be typed as %j', (typed) => expect(typedCode(typed)).toBe('7K2M9QXD0F4TWB81'))

  it.each(['', '7K2M-9QXD-0F4T-WB8', '7K2M-9QXD-0F4T-WB811', '7K2M-9QXD-0F4T-WB8U', '7K2M_9QXD_0F4T_WB81', '123456'])(
    'is none: %j',
    (typed) => expect(typedCode(typed)).toBeUndefined(),
  )

  it('is one of ten, each usable once [MON-7] [STO-2]', async () => {
    const { ada, generate, prove, backupCodes, clock } = await codesWorld()
    expect(await backupCodes.standingOf(ada.id)).toBeUndefined()
    const codes = await generate(ada)
    expect(new Set(codes).size).toBe(10)
    expect(await backupCodes.standingOf(ada.id)).toEqual({ createdAt: clock.now(), left: 10, lastUsedAt: null })
    for (const [at, code] of codes.entries()) expect(await prove(ada, code)).toEqual({ left: 9 - at })
    for (const code of codes) expect(await prove(ada, code)).toBeUndefined()
    expect(await backupCodes.standingOf(ada.id)).toMatchObject({ left: 0 })
  })

  it('is used once by twenty at the same moment, and that is one event', async () => {
    const { ada, generate, prove, actions, backupCodes } = await codesWorld()
    const code = nth(await generate(ada), 3)
    const used = await atOnce(() => prove(ada, code))
    expect(used.filter((left) => left !== undefined)).toEqual([{ left: 9 }])
    expect((await actions()).filter((action) => action === 'backup_code.used')).toHaveLength(1)
    expect(await backupCodes.standingOf(ada.id)).toMatchObject({ left: 9 })
  })

  it('is good again when what it was used for did not happen', async () => {
    const { ada, generate, prove, tx, backupCodes, by } = await codesWorld()
    const code = nth(await generate(ada), 0)
    const failing = tx(async (it) => {
      await backupCodes.prove(it, by, ada.id, code)
      throw new Error('power cut')
    })
    await expect(failing).rejects.toThrow('power cut')
    expect(await prove(ada, code)).toEqual({ left: 9 })
  })

  it('belongs to one person', async () => {
    const { ada, grace, generate, prove } = await codesWorld()
    const code = nth(await generate(ada), 0)
    await generate(grace)
    expect(await prove(grace, code)).toBeUndefined()
    expect(await prove(ada, code)).toBeDefined()
  })

  it('of a set that was replaced opens nothing, and the new set is whole', async () => {
    const { ada, generate, prove, backupCodes, clock } = await codesWorld()
    const old = await generate(ada)
    await prove(ada, nth(old, 0))
    clock.advance(60_000)
    const codes = await generate(ada)
    for (const code of old) expect(await prove(ada, code)).toBeUndefined()
    expect(await backupCodes.standingOf(ada.id)).toEqual({ createdAt: clock.now(), left: 10, lastUsedAt: null })
    clock.advance(60_000)
    expect(await prove(ada, nth(codes, 0))).toEqual({ left: 9 })
    expect(await backupCodes.standingOf(ada.id)).toMatchObject({ left: 9, lastUsedAt: clock.now() })
  })

  it('is of one set, however many are made at the same moment', async () => {
    const { ada, generate, prove, backupCodes } = await codesWorld()
    const sets = await atOnce(() => generate(ada))
    expect(await backupCodes.standingOf(ada.id)).toMatchObject({ left: 10 })
    const good = await Promise.all(sets.map((codes) => prove(ada, nth(codes, 0))))
    expect(good.filter((left) => left !== undefined)).toHaveLength(1)
  })

  it('goes with all of them, which is an event', async () => {
    const { ada, generate, prove, backupCodes, tx, by, actions } = await codesWorld()
    const codes = await generate(ada)
    expect(await tx((it) => backupCodes.removeAllOf(it, by, ada.id))).toBe(true)
    expect(await tx((it) => backupCodes.removeAllOf(it, by, ada.id))).toBe(false)
    expect(await prove(ada, nth(codes, 0))).toBeUndefined()
    expect(await backupCodes.standingOf(ada.id)).toBeUndefined()
    const expected = ['backup_codes.generated', 'backup_codes.removed']
    expect((await actions()).filter((action) => action.startsWith('backup'))).toEqual(expected)
  })

  it('stands in no table and no log, nor does anything that is guessed at without the key [STO-5]', async () => {
    const { ada, generate, prove, dump, log } = await codesWorld()
    const codes = await generate(ada)
    await prove(ada, nth(codes, 0))
    const everything = `${await dump()}\n${log.text()}`
    const plain = codes.flatMap((code) => [code, code.replaceAll('-', '')])
    for (const text of plain.flatMap((code) => [code, Buffer.from(code).toString('hex'), sha256Hex(code)]))
      expect(everything.includes(text)).toBe(false)
  })
})
