import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placesCheck } from '../../src/cli/doctor/places.ts'
import { createPlaces } from '../../src/places/service.ts'
import { accountHouse, adaAddress, text } from '../account/support.ts'
import { frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { eventually } from '../support/eventually.ts'
import { captureLog } from '../support/log.ts'
import { munich, placesFile } from '../support/places-file.ts'
import { configFile, scratchDirectory } from '../support/scratch.ts'

const MINUTE = 60_000

async function world(
  content = placesFile({ '203.0.113.0/24': munich, '198.51.0.0/16': { country: { iso_code: 'PT' } } }),
) {
  const file = join(scratchDirectory('places'), 'places.mmdb')
  await writeFile(file, content)
  const clock = frozenClock()
  const { log, ...captured } = captureLog()
  return { file, clock, captured, places: createPlaces({ file, clock, log }) }
}

const replace = async (file: string, content: Buffer) => {
  await writeFile(`${file}.new`, content)
  await rename(`${file}.new`, file)
}

describe('the place of an address', () => {
  it('is told in the languages that the file has, and of what it does not know nothing is', async () => {
    const { places } = await world()
    expect(places.of('203.0.113.7'), 'not before it was loaded').toBeUndefined()
    await places.load()
    expect(places.of('203.0.113.7')).toEqual({ city: { en: 'Munich', de: 'München' }, country: 'DE' })
    expect(places.of('198.51.100.1')).toEqual({ country: 'PT' })
    for (const ip of ['192.0.2.1', '127.0.0.1', '2001:db8::1', 'nonsense']) expect(places.of(ip), ip).toBeUndefined()
  })

  it('is none where the operator has no file', async () => {
    const { log } = captureLog()
    const places = createPlaces({ file: undefined, clock: frozenClock(), log })
    await places.load()
    expect(places.of('203.0.113.7')).toBeUndefined()
  })

  it('comes from the new file when one takes the place of the old one, without a restart', async () => {
    const { places, file, clock } = await world()
    await places.load()
    await replace(file, placesFile({ '203.0.113.0/24': { country: { iso_code: 'FR' } } }))
    expect(places.of('203.0.113.7')?.country).toBe('DE')
    clock.advance(MINUTE)
    const answer = await eventually(() => (places.of('203.0.113.7')?.country === 'FR' ? 'FR' : undefined))
    expect(answer).toBe('FR')
  })

  it('still comes from the old file where the new one is broken: that is logged, once', async () => {
    const { places, file, clock, captured } = await world()
    await places.load()
    await replace(file, Buffer.from('not found'))
    for (let minute = 0; minute < 3; minute += 1) {
      clock.advance(MINUTE)
      expect(places.of('203.0.113.7')?.country).toBe('DE')
      await eventually(() => (captured.lines().length > 0 ? true : undefined))
    }
    expect(captured.lines().map(({ level }) => level)).toEqual(['warn'])
    expect(captured.text()).not.toContain('203.0.113.7')
  })
})

describe('a start', () => {
  const whole = placesFile({ '203.0.113.0/24': munich })
  it.each([
    ['is empty', Buffer.alloc(0)],
    ['is something else', Buffer.from('PK\x03\x04'.repeat(100))],
    ['has lost its end', whole.subarray(0, whole.length - 40)],
    ['has lost its beginning', whole.subarray(whole.indexOf('MaxMind.com') - 3)],
    ['holds no places', placesFile({ '203.0.113.0/24': munich }, { kind: 'GeoLite2-ASN' })],
  ])('is refused where the file %s', async (_how, content) => {
    const { places, file } = await world(content)
    await expect(places.load()).rejects.toMatchObject({
      code: 'geo-file-unusable',
      detail: expect.stringContaining(file),
    })
  })

  it('is refused where there is none', async () => {
    const { log } = captureLog()
    const places = createPlaces({ file: '/nowhere/places.mmdb', clock: frozenClock(), log })
    await expect(places.load()).rejects.toMatchObject({
      code: 'geo-file-unusable',
      detail: '/nowhere/places.mmdb is not there.',
    })
  })
})

it('the doctor says how old it is', async () => {
  const look = async (builtAt: Date) => {
    const { file } = await world(placesFile({}, { builtAt }))
    const config = { ...testConfig(), geo: { file } }
    return placesCheck.examine({ config, target: { kind: 'embedded', socketDir: '/nowhere' }, log: captureLog().log })
  }
  const days = (number: number) => new Date(Date.now() - number * 24 * 3_600_000)
  expect(await look(days(5))).toMatchObject([{ level: 'ok', text: expect.stringContaining('5 days ago') }])
  expect(await look(days(120))).toMatchObject([{ level: 'warn', text: expect.stringContaining('120 days ago') }])
})

it('somebody sees where they are signed in in their own language, and nobody reads it in the database or the log', async () => {
  const { file } = await world(placesFile({ '127.0.0.0/8': munich }))
  const house = await accountHouse({ env: { CONFIG_FILE: configFile(`geo:\n  file: ${file}\n`) } })
  await house.people.places.load()
  const browser = house.browser()
  await browser.signIn()
  expect(text(await browser.go('/account/sessions?lang=en'))).toContain('Munich, Germany')
  expect(text(await browser.go('/account/sessions?lang=de'))).toContain('München, Deutschland')
  const { rows } = await (await house.database.superuser()).query(
    `SELECT (SELECT json_agg(s)::text FROM sessions s) || (SELECT json_agg(e)::text FROM events e) AS everything`,
  )
  const everything = String(rows[0].everything)
  for (const plain of ['Munich', 'München', '"DE"', Buffer.from('Munich').toString('hex')]) {
    expect(everything).not.toContain(plain)
    expect(house.log.text()).not.toContain(plain)
  }
  const other = house.browser('Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/138.0.0.0 Safari/537.36')
  await other.signIn()
  const told = (await house.letters()).filter(({ to, message }) => to === adaAddress && message === 'notice new-device')
  expect(JSON.stringify(told)).toContain('127.0.0.1 (Munich, Germany)')
})
