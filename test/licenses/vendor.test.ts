import { createPrivateKey } from 'node:crypto'
import { appendFile, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { untilAllStand } from '../../src/cli/license/until-all-stand.ts'
import { Secret } from '../../src/lib/secret.ts'
import { planLicense } from '../../src/licenses/issuing/order.ts'
import { encryptedPem, makeSigningKey, publicPem, signed } from '../../src/licenses/issuing/private-key.ts'
import { licenseId } from '../../src/licenses/license/claims.ts'
import { MOST_BYTES } from '../../src/licenses/license/verify.ts'
import { verifyLicenseFile } from '../../src/sdk/license.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { eventually } from '../support/eventually.ts'
import { folder, NOW, PASSPHRASE, published, sample, vendor } from './support.ts'

let cwd: string
/** No configuration could be made of this, so none is asked for: nor a database, nor a network. */
const env = { PORT: 'none', DATABASE_URL: 'none' }
const run = (args: readonly string[], input = PASSPHRASE) =>
  cli(['license', ...args], { cwd, env, clock: frozenClock(), input })
const read = (file: string) => readFile(join(cwd, file), 'utf8')
const keys = ['--key', 'v.key.pem', '--register', 'register.jsonl']
const customer = [
  '--issuer',
  'Storno GmbH',
  '--subject',
  'c-1',
  '--licensee',
  'Müller & Söhne',
  '--product',
  'storno',
  '--edition',
  'business',
  '--days',
  '365',
]
const registered = async () =>
  (await read('register.jsonl'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** A passphrase is made to cost whoever tries it. */
let encrypted: string
beforeAll(async () => {
  encrypted = encryptedPem(await vendor(), new Secret(PASSPHRASE)).reveal()
})
beforeEach(async () => {
  cwd = await folder()
  await writeFile(join(cwd, 'v.key.pem'), encrypted)
  await writeFile(join(cwd, 'v.pub.pem'), publicPem(await vendor()))
})

describe('[STO-10] hearthkey license keygen', () => {
  it.each([
    ['RS256', 'rsa'],
    ['EdDSA', 'ed25519'],
  ])('makes a key for %s that opens with its passphrase alone, and is never overwritten', async (algorithm, type) => {
    const made = await run(['keygen', '--out', 'new', '--algorithm', algorithm, '--bits', '2048'])
    expect(made).toMatchObject({ exit: 0, stdout: expect.stringContaining('new.pub.pem') })
    const pem = await read('new.key.pem')
    expect(pem).toContain('BEGIN ENCRYPTED PRIVATE KEY')
    expect((await stat(join(cwd, 'new.key.pem'))).mode & 0o077).toBe(0)
    expect(createPrivateKey({ key: pem, passphrase: PASSPHRASE }).asymmetricKeyType).toBe(type)
    expect(() => createPrivateKey({ key: pem, passphrase: 'another one' })).toThrow()
    expect(made.stdout + made.stderr).not.toContain('otter')
    expect(await run(['keygen', '--out', 'new'])).toMatchObject({
      exit: 64,
      stderr: expect.stringContaining('license-file-exists'),
    })
    expect(await read('new.key.pem')).toBe(pem)
  })

  it('takes no short passphrase, and writes nothing then', async () => {
    expect(await run(['keygen'], 'fourteen chars')).toMatchObject({ exit: 64, stderr: expect.stringContaining('15') })
    expect((await readdir(cwd)).sort()).toEqual(['v.key.pem', 'v.pub.pem'])
  })
})

describe('[STO-10] hearthkey license issue', () => {
  it('signs what its flags say, notes it in the register, and what it signed counts', async () => {
    const flags = ['--limit', 'users=50', '--limit', 'clients=3', '--feature', 'einvoice', '--grace-days', '14']
    const made = await run([
      'issue',
      ...keys,
      ...customer,
      ...flags,
      '--instance',
      'https://ID.example.com/',
      '--out',
      'c.license',
    ])
    expect(made).toMatchObject({ exit: 0, stdout: expect.stringMatching(/limits +users 50, clients 3\n/) })
    const verdict = await verifyLicenseFile(join(cwd, 'c.license'), {
      keys: published(await vendor()),
      product: 'storno',
      instance: 'https://id.example.com',
      now: frozenClock().now(),
    })
    expect(verdict).toMatchObject({ counts: true, state: 'valid', license: { grace_days: 14, features: ['einvoice'] } })
    expect(await registered()).toEqual([
      {
        issued: expect.objectContaining({ sub: 'c-1' }),
        kid: expect.any(String),
        license: (await read('c.license')).trim(),
      },
    ])
    expect((await stat(join(cwd, 'register.jsonl'))).mode & 0o077).toBe(0)
    expect(await run(['verify', 'c.license', '--keys', 'v.pub.pem', '--product', 'storno'])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('is valid until 2031-01-15'),
    })
    expect(await run(['inspect', 'c.license'])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('nothing was checked'),
    })

    expect(await run(['issue', ...keys, ...customer, '--out', 'c.license'])).toMatchObject({ exit: 64 })
    expect(await registered(), 'nothing was issued that was not written').toHaveLength(1)
  })

  it('prints it alone where no file is named', async () => {
    const { stdout } = await run(['issue', ...keys, ...customer])
    await writeFile(join(cwd, 'piped'), stdout)
    expect(await run(['verify', 'piped', '--keys', 'v.pub.pem'])).toMatchObject({ exit: 0 })
  })

  it('reads a YAML file, and flags go before it', async () => {
    const yaml = [
      'issuer: Storno GmbH',
      'subject: c-7',
      'licensee: Ada Lovelace',
      'product: storno',
      'edition: team',
      'expires: 2031-06-30',
      'limits: { users: 5, clients: 2 }',
      'features: [a, b]',
    ]
    await writeFile(join(cwd, 'order.yaml'), yaml.join('\n'))
    const { stdout } = await run([
      'issue',
      ...keys,
      '--from',
      'order.yaml',
      '--limit',
      'users=9',
      '--days',
      '30',
      '--json',
    ])
    expect(JSON.parse(stdout).claims).toMatchObject({
      sub: 'c-7',
      features: ['a', 'b'],
      limits: { users: 9, clients: 2 },
      exp: new Date('2030-02-14T12:00:00Z').getTime() / 1000,
    })
    await writeFile(join(cwd, 'order.yaml'), `${yaml.join('\n')}\nlimitz: {}\n`)
    expect(await run(['issue', ...keys, '--from', 'order.yaml'])).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining('limitz'),
    })
  })

  it('signs nothing that is longer than what anybody reads, and all that is not', async () => {
    const issueWith = async (features: number) => {
      const flags = Array.from({ length: features }, (_, n) => ['--feature', `${n}`.padStart(64, 'x')]).flat()
      return run(['issue', ...keys, ...customer, ...flags, '--out', `${features}.license`])
    }
    expect(await issueWith(200)).toMatchObject({ exit: 65, stderr: expect.stringContaining('bytes') })
    expect(await readdir(cwd)).not.toContain('register.jsonl')
    expect(await issueWith(160)).toMatchObject({ exit: 0 })
    expect(await run(['verify', '160.license', '--keys', 'v.pub.pem'])).toMatchObject({ exit: 0 })
  })

  it('leaves room for the signature of the longest key', async () => {
    const order = { issuer: 'x', subject: 'x', licensee: 'x', product: 'x', edition: 'x', validDays: 1 }
    const wide = (features: number) =>
      planLicense({ ...order, features: Array.from({ length: features }, (_, n) => `${n}`.padStart(64, 'x')) }, NOW)
    let features = 200
    while (!wide(features).ok) features -= 1
    const plan = wide(features)
    const long = await makeSigningKey('RS256', 4096)
    expect(plan.ok && signed(long, 'license+jwt', plan.value).length).toBeLessThanOrEqual(MOST_BYTES)
  })

  it('names everything that is wrong at once, and signs nothing', async () => {
    const wrong = [
      '--issuer',
      'Storno',
      '--subject',
      'c\n1',
      '--product',
      'stor no',
      '--edition',
      'x',
      '--licensee',
      'y',
      '--email',
      'nowhere',
      '--expires',
      '2031-02-30',
      '--instance',
      'id.example.com',
    ]
    const { exit, stderr } = await run(['issue', ...keys, ...wrong])
    expect(exit).toBe(65)
    for (const field of ['subject', 'product', 'email', 'expires', 'instance']) expect(stderr).toContain(field)
    expect(await run(['issue', ...keys, ...customer.slice(0, -2), '--expires', '2020-01-01'])).toMatchObject({
      exit: 65,
    })
    expect(await readdir(cwd)).not.toContain('register.jsonl')
  })

  it.each([
    ['a wrong passphrase', 'another passphrase', 'does not open'],
    ['no passphrase', '', 'does not open'],
  ])('with %s signs nothing', async (_what, input, reason) => {
    expect(await run(['issue', ...keys, ...customer], input)).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining(reason),
    })
    expect(await readdir(cwd)).not.toContain('register.jsonl')
  })

  it('takes no key that lies open, no public one, and nothing that is none', async () => {
    const key = await vendor()
    await writeFile(join(cwd, 'open.pem'), key.privateKey.export({ format: 'pem', type: 'pkcs8' }))
    await writeFile(join(cwd, 'torn.pem'), (await read('v.key.pem')).slice(0, 400))
    for (const [file, code] of [
      ['open.pem', 'not encrypted'],
      ['v.pub.pem', 'holds no key'],
      ['torn.pem', 'torn.pem'],
      ['gone.pem', 'ENOENT'],
    ] as const)
      expect(await run(['issue', '--key', file, '--register', 'r', ...customer])).toMatchObject({
        exit: expect.toBeOneOf([65, 74]),
        stderr: expect.stringContaining(code),
      })
  })
})

describe('[STO-10] a batch', () => {
  const head = 'subject,licensee,features,limits.users,expires'
  const batch = async (csv: string, ...more: string[]) => {
    await writeFile(join(cwd, 'batch.csv'), csv)
    return run([
      'issue',
      ...keys,
      '--batch',
      'batch.csv',
      '--out',
      'made',
      '--issuer',
      'Storno',
      '--product',
      'storno',
      '--edition',
      'team',
      ...more,
    ])
  }

  it('is a licence for each row, with a bar of how far it is', async () => {
    const rows = Array.from({ length: 20 }, (_, n) => `c-${n},"Firma ""${n}"", Söhne",a;b,${n},2031-01-01`)
    const { exit, stdout, stderr } = await batch([head, ...rows].join('\r\n'))
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/20 licences are in /) })
    expect(stderr).toMatch(/issuing 100 % {2}20 of 20 licences/)
    expect(await readdir(join(cwd, 'made'))).toHaveLength(20)
    const claims = (await registered()).map(({ issued }) => z.looseObject({ sub: z.string() }).parse(issued))
    expect(claims[7]).toMatchObject({
      sub: 'c-7',
      licensee: { name: 'Firma "7", Söhne' },
      features: ['a', 'b'],
      limits: { users: 7 },
    })
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(20)
  })

  it.each([
    ['a row that is wrong', `${head}\na,A,,1,2031-01-01\nb,B,,many,2031-01-01\n`, /line 3: limits/],
    ['a row that is short', `${head}\na,A,,1\n`, /line 2: 4 fields where 5/],
    ['a column that is none', 'subject,licencee\na,A\n', /line 1: no column is called "licencee"/],
    ['a column twice', 'subject,subject\na,A\n', /twice/],
    ['a quote that is not closed', `${head}\na,"A,,1,2031-01-01\n`, /line 2: a quote is not closed/],
    ['a quote inside', `${head}\na,A"B,,1,2031-01-01\n`, /line 2: a quote stands inside/],
    ['text behind a quote', `${head}\na,"A"B,,1,2031-01-01\n`, /line 2: something stands behind/],
    ['no row', `${head}\n`, /one line for each/],
    ['nothing', '', /one line for each/],
  ])('with %s signs none of them', async (_what, csv, reason) => {
    expect(await batch(csv)).toMatchObject({ exit: 65, stderr: expect.stringMatching(reason) })
    expect((await readdir(cwd)).sort()).toEqual(['batch.csv', 'v.key.pem', 'v.pub.pem'])
  })

  it('names the line in the file, also behind a field of several lines', async () => {
    expect(await batch(`${head}\na,"A",,1,2031-01-01\nb,"B\nB",,1,2031-01-01\nc,C,,1,never\n`)).toMatchObject({
      stderr: expect.stringMatching(/line 3: licensee[\s\S]*line 5: expires/),
    })
  })
})

describe('[STO-10] a batch that cannot go on', () => {
  it('says which licences were made, and which one failed', async () => {
    const rows = Array.from({ length: 3000 }, (_, n) => `c-${n},A,2031-01-01`)
    await writeFile(join(cwd, 'batch.csv'), ['subject,licensee,expires', ...rows].join('\n'))
    const common = ['--issuer', 'Storno', '--product', 'storno', '--edition', 'team']
    const running = run(['issue', ...keys, ...common, '--batch', 'batch.csv', '--out', 'made', '--json'])
    await eventually(async () => (await readdir(join(cwd, 'made')).catch(() => [])).length > 3 || undefined)
    await rename(join(cwd, 'made'), join(cwd, 'gone'))
    const { exit, stdout } = await running
    expect(exit).toBe(74)
    const { issued, failed } = z
      .object({ issued: z.array(z.object({ license: z.string() })), failed: z.object({ license: z.string() }) })
      .parse(JSON.parse(stdout))
    const lines = (await registered()).map((line) => line.issued.jti)
    expect(lines).toEqual([...issued.map(({ license }) => license), failed.license])
  })
})

describe('[STO-10] hearthkey license revoke', () => {
  const issueThree = async () => {
    for (const file of ['a', 'b', 'c']) await run(['issue', ...keys, ...customer, '--out', file])
    return (await registered()).map(({ issued }) => z.string().parse(issued.jti))
  }

  it('signs a list of all that are revoked, which takes effect where it is shown', async () => {
    const [a = '', b = ''] = await issueThree()
    expect(await run(['revoke', a, ...keys, '--out', 'list', '--reason', 'unpaid'])).toMatchObject({ exit: 0 })
    const check = (file: string) => run(['verify', file, '--keys', 'v.pub.pem', '--revocations', 'list'])
    expect(await check('a')).toMatchObject({ exit: 65, stderr: expect.stringContaining('revoked by its vendor') })
    expect(await check('b')).toMatchObject({ exit: 0 })
    expect(await run(['revoke', b, a, ...keys, '--out', 'list'])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('1 licence is revoked now, 2 in all'),
    })
    for (const [file, exit] of [
      ['a', 65],
      ['b', 65],
      ['c', 0],
    ] as const)
      expect(await check(file)).toMatchObject({ exit })
    expect(await registered(), 'appended, each once').toHaveLength(5)
    await writeFile(join(cwd, 'list'), await read('a'))
    expect(await check('c')).toMatchObject({ exit: 65 })
  })

  it('lists what several revoke at the same moment, whoever of them writes last', async () => {
    const files = Array.from({ length: 12 }, (_, n) => `f${n}`)
    for (const file of files) await run(['issue', ...keys, ...customer, '--out', file])
    const ids = (await registered()).map(({ issued }) => z.string().parse(issued.jti))
    await Promise.all(ids.map((id) => run(['revoke', id, ...keys, '--out', 'list'])))
    const verdicts = files.map((file) => run(['verify', file, '--keys', 'v.pub.pem', '--revocations', 'list']))
    expect((await Promise.all(verdicts)).map(({ exit }) => exit)).toEqual(files.map(() => 65))
  })

  it('writes a list anew that somebody has added to while it was written', async () => {
    const register = ['a']
    const lists: string[] = []
    const write = async (all: readonly string[]) => {
      lists.push(all.join())
      if (lists.length === 1) register.push('b')
    }
    await untilAllStand(async () => [...register], write)
    expect(lists).toEqual(['a', 'a,b'])
  })

  it('signs no list that nobody would take, and notes nothing of it', async () => {
    const ids = Array.from({ length: 10_001 }, () => licenseId.generate())
    const entry = (jti: string) => `${JSON.stringify({ issued: { ...sample, jti }, kid: 'k', license: 'x' })}\n`
    const revoked = (jti: string) => `${JSON.stringify({ revoked: { jti, at: 1 } })}\n`
    const [last = '', ...others] = ids
    const text = [...ids.map(entry), ...others.map(revoked)].join('')
    await writeFile(join(cwd, 'register.jsonl'), text)
    expect(await run(['revoke', last, ...keys, '--out', 'list'])).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining('10001 entries'),
    })
    expect(await read('register.jsonl')).toBe(text)
    expect(await run(['revoke', ...keys, '--out', 'list'])).toMatchObject({ exit: 0 })
    expect(await run(['revoke', ...keys, '--out', 'list', '--reason', 'x'.repeat(201)])).toMatchObject({ exit: 64 })
  })

  it('refuses a licence that was never issued, and the place of another file', async () => {
    await issueThree()
    expect(await run(['revoke', 'lic_0000', ...keys, '--out', 'list'])).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining('license-unknown'),
    })
    const [a = ''] = (await registered()).map(({ issued }) => String(issued.jti))
    const key = await read('v.key.pem')
    expect(await run(['revoke', a, ...keys, '--out', 'v.key.pem'])).toMatchObject({ exit: 64 })
    expect(await read('v.key.pem')).toBe(key)
    expect(await registered()).toHaveLength(3)
  })

  it('a line that a power cut left unfinished is named, and what is issued after it is whole', async () => {
    const [a = ''] = await issueThree()
    await appendFile(join(cwd, 'register.jsonl'), '{"issued":{"iss":"Sto')
    expect(await run(['issue', ...keys, ...customer, '--out', 'd'])).toMatchObject({ exit: 0 })
    expect(await run(['revoke', a, ...keys, '--out', 'list'])).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining('register.jsonl:4'),
    })
    const lines = (await read('register.jsonl')).split('\n')
    await writeFile(join(cwd, 'register.jsonl'), lines.filter((_, at) => at !== 3).join('\n'))
    expect(await registered(), 'what came after it is whole').toHaveLength(4)
    expect(await run(['revoke', a, ...keys, '--out', 'list'])).toMatchObject({ exit: 0 })
  })
})

describe('[STO-10] hearthkey license verify', () => {
  it.each([
    ['a file that is none', async () => 'hello', 'three parts'],
    ['a megabyte', async () => 'x'.repeat(1024 * 1024), 'far too large'],
    ['an empty file', async () => '', 'three parts'],
    ['binary', async () => '\0\u0001\ufffd', 'three parts'],
  ])('refuses %s with its reason and 65', async (_what, text, reason) => {
    await writeFile(join(cwd, 'f'), await text())
    expect(await run(['verify', 'f', '--keys', 'v.pub.pem'])).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining(reason),
    })
    expect(await run(['inspect', 'f'])).toMatchObject({ exit: 65 })
  })

  it('is not content with a folder without keys, or with a private one', async () => {
    await run(['issue', ...keys, ...customer, '--out', 'c'])
    expect(await run(['verify', 'c', '--keys', 'nowhere'])).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining('holds no key'),
    })
    expect(await run(['verify', 'c', '--keys', 'v.key.pem'])).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining('private key'),
    })
  })
})
