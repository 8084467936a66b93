import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { actions } from '../../src/audit/vocabulary.ts'
import type { Secret } from '../../src/lib/secret.ts'
import { generateSecret, writeSecret } from '../../src/webhooks/secrets/secret.ts'
import { signedHeaders } from '../../src/webhooks/signing/sign.ts'

const guide = await readFile(join(import.meta.dirname, '../../docs/guides/webhooks.md'), 'utf8')

const codeIn = (language: string): string => {
  const [, code] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(guide) ?? []
  if (code === undefined) throw new Error(`the guide has no ${language}`)
  return code
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'hearthkey-guide-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** What it is asked, and what is to be answered. */
function cases() {
  const [secret, former] = [generateSecret(), generateSecret()]
  const body = '{"type":"user.created","name":"Zoë"}'
  const now = new Date()
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000)
  const signed = (secrets: Secret<Buffer>[], when = now) => signedHeaders(secrets, { id: 'evt_1', at: when, body })
  const good = signed([secret])
  const text = writeSecret(secret).reveal()
  return [
    { secret: text, headers: good, body, answer: true },
    // During a rotation, for a receiver that has the one or the other.
    { secret: text, headers: signed([secret, former]), body, answer: true },
    { secret: text, headers: signed([former, secret]), body, answer: true },
    { secret: text, headers: signed([former]), body, answer: false },
    { secret: text, headers: good, body: `${body} `, answer: false },
    { secret: text, headers: { ...good, 'webhook-id': 'evt_2' }, body, answer: false },
    { secret: text, headers: signed([secret], at(-290)), body, answer: true },
    { secret: text, headers: signed([secret], at(-310)), body, answer: false },
    { secret: text, headers: signed([secret], at(310)), body, answer: false },
    { secret: text, headers: { ...good, 'webhook-timestamp': 'now' }, body, answer: false },
    { secret: text, headers: { ...good, 'webhook-signature': '' }, body, answer: false },
    {
      secret: text,
      headers: { ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', 'v2,') },
      body,
      answer: false,
    },
    { secret: text, headers: {}, body, answer: false },
  ]
}

describe('the guide to webhooks', () => {
  it('names every event that there is, and none that there is not', () => {
    const [, table = ''] = guide.split('\n## Events\n')
    const named = Array.from(table.matchAll(/`([a-z_]+\.[a-z_]+)`/g), ([, word]) => word)
    expect(named.toSorted()).toEqual(actions.toSorted())
    const nouns = Array.from(table.matchAll(/^\| `([a-z_]+)\.\*` \|/gm), ([, noun]) => noun)
    expect(new Set(nouns)).toEqual(new Set(actions.map((action) => action.split('.')[0])))
  })

  it('[TOS-5] verifies a signature by hand in JavaScript as we sign', async () => {
    const file = join(await folder(), 'webhooks.mjs')
    await writeFile(file, codeIn('js'))
    const { isOurs }: { isOurs: (secret: string, headers: object, body: string) => boolean } = await import(file)
    for (const { secret, headers, body, answer } of cases()) expect(isOurs(secret, headers, body)).toBe(answer)
    // The variable was not set: with an empty key anybody can sign.
    const [{ headers, body } = { headers: {}, body: '' }] = cases()
    for (const nothing of ['', 'whsec_']) expect(() => isOurs(nothing, headers, body)).toThrow(/no secret/)
  })

  it('[TOS-5] and in Python, where there is one', async ({ skip }) => {
    const run = promisify(execFile)
    const version = await run('python3', ['-c', 'import sys; print(sys.version_info >= (3, 9))']).catch(() => undefined)
    if (version?.stdout.trim() !== 'True') return skip('no Python 3.9 on this machine')
    const path = await folder()
    await writeFile(join(path, 'webhooks.py'), codeIn('python'))
    await writeFile(join(path, 'cases.json'), JSON.stringify(cases()))
    const ask = [
      'import json, webhooks',
      'for c in json.load(open("cases.json", encoding="utf-8")):',
      '    print(webhooks.is_ours(c["secret"], c["headers"], c["body"].encode()) == c["answer"])',
    ]
    const nothing =
      'import json, webhooks; c = json.load(open("cases.json"))[0]; webhooks.is_ours("", c["headers"], b"x")'
    await expect(run('python3', ['-c', nothing], { cwd: path })).rejects.toMatchObject({ stderr: /no secret/ })
    const { stdout } = await run('python3', ['-c', ask.join('\n')], { cwd: path })
    expect(stdout.trim().split('\n')).toEqual(cases().map(() => 'True'))
  })
})
