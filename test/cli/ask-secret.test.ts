import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { askNewSecret } from '../../src/cli/ask-secret.ts'
import { eventually } from '../support/eventually.ts'

/** What a person at a terminal sees, and types as soon as they are asked. */
function terminal(answers: readonly string[], isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => input })
  const seen: string[] = []
  const output = { write: (text: string) => seen.push(text) > 0 }
  const typing = async () => {
    for (const [at, answer] of answers.entries()) {
      await eventually(() => seen.filter((text) => text.endsWith(': ')).length > at || undefined)
      input.write(`${answer}\r`)
    }
  }
  return { streams: { input, output } as unknown as Parameters<typeof askNewSecret>[1], seen, typing }
}

describe('a new secret', () => {
  it('is asked for twice at a terminal, and is not shown', async () => {
    const { streams, seen, typing } = terminal(['an otter paints', 'an otter paints'])
    const [secret] = await Promise.all([askNewSecret('Passphrase: ', streams), typing()])
    expect(secret).toBe('an otter paints')
    expect(seen.join('')).toBe('Passphrase: \nThe same once more: \n')
  })

  it('is none when the second one is another', async () => {
    const { streams, typing } = terminal(['an otter paints', 'an other paints'])
    const asked = askNewSecret('Passphrase: ', streams)
    await Promise.all([expect(asked).rejects.toMatchObject({ code: 'usage-error' }), typing()])
  })

  it('is read once where nobody sits', async () => {
    const { streams, seen } = terminal([], false)
    streams.input.push('an otter paints\n')
    streams.input.push(null)
    expect(await askNewSecret('Passphrase: ', streams)).toBe('an otter paints')
    expect(seen).toEqual([])
  })
})
