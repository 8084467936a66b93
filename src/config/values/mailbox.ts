import { z } from 'zod'
import { unless, withForm } from './form.ts'
import { oneLine } from './one-line.ts'

/** Who a letter is from. */
export interface Mailbox {
  readonly address: string
  readonly name: string | undefined
}

const plainAddress = z.email()
const says = 'an e-mail address, with a name before it or without'
const suchAs = 'no-reply@example.com or Example <no-reply@example.com>'

function partsOf(text: string): Mailbox {
  const [, name = '', address = ''] = /^(.*?)<([^<>]*)>$/.exec(text.trim()) ?? []
  if (address === '') return { address: text.trim(), name: undefined }
  return { address: address.trim(), name: name.trim().replace(/^"(.*)"$/, '$1') || undefined }
}

function whyNot(text: string): string | undefined {
  const { address, name } = partsOf(text)
  if (!plainAddress.safeParse(address).success) return `expected ${says}, such as ${suchAs}`
  return name === undefined || oneLine.test(name)
    ? undefined
    : 'has a name that does not fit on a line of 64 characters'
}

export const mailbox = () => withForm(z.string().superRefine(unless(whyNot)).transform(partsOf), { says, suchAs })
