import { hashSync } from '@node-rs/bcrypt'
import { describe, expect, it } from 'vitest'
import { importedHash } from '../../src/credentials/password/formats/imported.ts'
import { readHash } from '../../src/credentials/password/formats/read-hash.ts'
import { peopleWorld } from '../users/support.ts'
import { hashes, of, published } from './hashes.ts'
import { createUser, importPassword, passwordsIn, secret, setPassword, testHasher } from './support.ts'

const bcrypt = (text: string) => hashSync(text, 4)

describe('a hash that another system made', () => {
  it.each(published)('belongs to the password it was published with: %s', async (hash, password) => {
    const hasher = testHasher()
    expect(importedHash(hash)).toEqual({ ok: true, value: hash })
    expect(await hasher.verify(secret(hash), secret(password))).toBe(true)
    expect(await hasher.verify(secret(hash), secret(`${password} `))).toBe(false)
  })

  it.each(Object.entries(hashes))('is understood as it stands there: %s', async (_, hash) => {
    expect(importedHash(hash).ok).toBe(true)
    const stored = readHash(hash)
    expect(await stored?.verify(of)).toBe(true)
    expect(await stored?.verify(of.toUpperCase())).toBe(false)
  })

  it('is understood with the word that Django puts first', () => {
    const [[inner]] = published
    expect(importedHash(`bcrypt$${inner}`)).toEqual({ ok: true, value: inner })
    expect(importedHash(`argon2${published[2][0]}`)).toEqual({ ok: true, value: published[2][0] })
  })

  it('signs in, is hashed anew with Argon2id at once, and signs in again', async () => {
    const world = await peopleWorld()
    for (const [name, hash] of Object.entries({ ...hashes, bcrypt: bcrypt(of) })) {
      const user = await createUser(world, `${name.replaceAll(/\W/g, '')}@example.com`)
      await importPassword(world, user, hash)
      expect(await world.passwords.verify(user, secret('wrong, whatever'))).toBe('mismatch')
      expect(await world.passwords.verify(user, secret(of)), name).toBe('match')
      expect(await world.passwords.verify(user, secret(of)), `${name}, hashed anew`).toBe('match')
    }
    const admin = await world.database.superuser()
    const { rows } = await admin.query(
      `SELECT before, after, actor_id FROM events WHERE action = 'password.rehashed' ORDER BY id`,
    )
    const schemes = [...Array(5).fill('pbkdf2'), 'scrypt', 'scrypt', 'bcrypt']
    expect(rows).toEqual(
      schemes.map((scheme) => ({ before: { scheme }, after: { scheme: 'argon2' }, actor_id: 'passwords' })),
    )
    expect((await world.actions()).filter((action) => action === 'password.imported')).toHaveLength(8)
  })

  it('[STO-5] stands in no table as it came', async () => {
    const world = await peopleWorld()
    const hash = bcrypt(of)
    await importPassword(world, await createUser(world), hash)
    const dump = await world.dump()
    for (const text of [hash, Buffer.from(hash).toString('hex'), '$2b$']) expect(dump).not.toContain(text)
  })

  it('of a password that was typed with its accents apart belongs to it, typed the same way', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const apart = 'cafe\u0301 cre\u0300me'
    await importPassword(world, user, bcrypt(apart))
    expect(await world.passwords.verify(user, secret(apart))).toBe('match')
    expect(await world.passwords.verify(user, secret(apart.normalize('NFC'))), 'from now on in both').toBe('match')
  })
})

describe('bcrypt', () => {
  it('reads 72 bytes: what stands behind them was never compared, so it does not become the password', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const whole = `${'nine char'.repeat(8)} and a tail`
    await importPassword(world, user, bcrypt(whole))
    expect(await world.passwords.verify(user, secret(`${whole.slice(0, 72)} with a slip`))).toBe('match')
    expect(await world.passwords.verify(user, secret(whole))).toBe('match')
    expect(await world.actions()).not.toContain('password.rehashed')
  })

  it('ended a password at a NUL: nothing that holds one matches', async () => {
    const hash = hashSync('abc', 4)
    const stored = readHash(hash)
    expect(await stored?.verify('abc')).toBe(true)
    expect(await stored?.verify('abc\0anything')).toBe(false)
    expect(await readHash(hashSync('abc\0def', 4))?.verify('abc\0def')).toBe(false)
  })
})

describe('an import refuses', () => {
  const salt = 'MDEyMzQ1Njc4OWFiY2RlZg'
  const hash = 'BVALGMmC/K/8ELErc5VgJxyPFApArIZRCQsqjEgZWJ4'

  it.each([
    ['bcrypt of cost 15', bcrypt(of).replace('$04$', '$15$'), /cost 15 is more than 14/],
    ['bcrypt of cost 31', bcrypt(of).replace('$04$', '$31$'), /cost/],
    ['Argon2 of a gigabyte', `$argon2id$v=19$m=1048576,t=1,p=1$${salt}$${hash}`, /memory/],
    ['Argon2 of a thousand passes', `$argon2id$v=19$m=19456,t=1000,p=1$${salt}$${hash}`, /passes/],
    ['Argon2 of 255 lanes', `$argon2id$v=19$m=19456,t=2,p=255$${salt}$${hash}`, /lanes/],
    ['Argon2 of numbers beyond all bounds', `$argon2id$v=19$m=4294967295,t=4294967295,p=1$${salt}$${hash}`, /memory/],
    ['scrypt of a gigabyte', `$scrypt$ln=20,r=8,p=1$${salt}$${hash}`, /memory/],
    ['scrypt of 2 to the thousandth', `$scrypt$ln=1000,r=8,p=1$${salt}$${hash}`, /memory/],
    ['scrypt of a thousand passes', `$scrypt$ln=14,r=8,p=1000$${salt}$${hash}`, /passes/],
    ['PBKDF2 of ten million iterations', `$pbkdf2-sha256$i=10000000$${salt}$${hash}`, /iterations/],
    [
      'PBKDF2 of many blocks',
      `$pbkdf2-sha256$i=2000000$${salt}$${Buffer.alloc(128, 7).toString('base64').replaceAll('=', '')}`,
      /iterations 8000000/,
    ],
  ])('what would hold up a sign-in: %s', (_, text, excess) => {
    expect(importedHash(text)).toMatchObject({
      ok: false,
      error: { reason: 'too-costly', excess: expect.stringMatching(excess) },
    })
  })

  const half = Buffer.from(hash, 'base64').subarray(0, 15).toString('base64').replaceAll('=', '')
  it.each([
    ['plain text', of],
    ['nothing', ''],
    ['MD5', '$1$saltsalt$qjXMvbEw8oaL.CzflDugX/'],
    ['PBKDF2 with SHA-1', `$pbkdf2$1000$${salt}$${hash}`],
    ['bcrypt of cost 3', bcrypt(of).replace('$04$', '$03$')],
    ['bcrypt cut by a character', bcrypt(of).slice(0, -1)],
    ['bcrypt with another last character', `${bcrypt(of).slice(0, -1)}B`],
    ['bcrypt with something behind it', `${bcrypt(of)}\n`],
    ['bcrypt with the version of a bug', bcrypt(of).replace(/^\$2.\$/, '$2x$')],
    ['a hash whose last character has spare bits', `$pbkdf2-sha256$i=1000$${salt}$${hash.slice(0, -1)}5`],
    ['a salt whose last character has spare bits', `$pbkdf2-sha256$i=1000$${salt.slice(0, -1)}h$${hash}`],
    ['padding where there is none', `$pbkdf2-sha256$i=1000$${salt}$${hash}=`],
    ['base64url', `$scrypt$ln=10,r=8,p=1$${salt}$${hash.replaceAll('/', '_')}`],
    ['a hash of 15 bytes, which many passwords would match', `$pbkdf2-sha256$i=1000$${salt}$${half}`],
    ['a length that is not that of the hash', `$pbkdf2-sha256$i=1000,l=64$${salt}$${hash}`],
    ['a number with a nought first', `$pbkdf2-sha256$i=01000$${salt}$${hash}`],
    ['parameters in another order', `$argon2id$v=19$t=2,m=19456,p=1$${salt}$${hash}`],
    ['scrypt of an N that is no power of two', `scrypt:1000:8:1$seasalt2$${'ab'.repeat(64)}`],
    ['a hash in capitals', `scrypt:1024:8:1$seasalt2$${'AB'.repeat(64)}`],
    ['half a kilobyte of it', `$scrypt$ln=10,r=8,p=1$${salt}$${'A'.repeat(512)}`],
  ])('what is no hash in the one way of writing it: %s', (_, text) => {
    expect(importedHash(text)).toEqual({ ok: false, error: { reason: 'unreadable' } })
  })

  it('nothing that the process that hashes does not finish before its deadline', async () => {
    const dearest = [
      bcrypt(of).replace('$04$', '$14$'),
      `$argon2id$v=19$m=262144,t=4,p=1$${salt}$${hash}`,
      `$scrypt$ln=17,r=8,p=1$${salt}$${hash}`,
      `$pbkdf2-sha256$i=3000000$${salt}$${hash}`,
    ]
    const hasher = testHasher()
    for (const text of dearest) {
      expect(importedHash(text).ok).toBe(true)
      expect(await hasher.verify(secret(text), secret(of))).toBe(false)
    }
  }, 60_000)
})

describe('an imported password', () => {
  it('is judged when it is next chosen, and not before', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    await importPassword(world, user, bcrypt('short'))
    expect(await world.passwords.verify(user, secret('short'))).toBe('match')
    expect(world.passwords.refusalOf(secret('short'), { email: 'ada@example.com' })?.reason).toBe('too-short')
  })

  it('takes the place of one that was there, and its event says so', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    await setPassword(world, user)
    await importPassword({ ...world, passwords: passwordsIn(world) }, user, bcrypt('the words of before'))
    expect(await world.passwords.verify(user, secret('the words of before'))).toBe('match')
    const admin = await world.database.superuser()
    const { rows } = await admin.query(`SELECT after FROM events WHERE action = 'password.imported'`)
    expect(rows).toEqual([{ after: { replaced: true } }])
  })
})
