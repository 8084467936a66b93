import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { z } from 'zod'
import { expected, unless, withForm } from './form.ts'

const NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

const names = { says: 'a list of domain names', suchAs: 'example.com or firma.example' }

/** As they stand behind the @ of an address, compared in ASCII: an international one may be written either way. */
const asWritten = z
  .string()
  .superRefine(unless((text) => (NAME.test(domainToASCII(text.trim())) ? undefined : expected(names))))
  .transform((text) => domainToASCII(text.trim()).toLowerCase())

export const domainNames = () =>
  withForm(z.array(asWritten).readonly(), { ...names, fromText: (text) => text.split(',').map((part) => part.trim()) })

const one = { says: 'a domain name', suchAs: 'example.com' }

const isDomain = (name: string) => name === 'localhost' || (NAME.test(name) && isIP(name) === 0)

/** One; `localhost`, too, and no address. */
export const domainName = () =>
  withForm(
    z
      .string()
      .superRefine(unless((text) => (isDomain(domainToASCII(text.trim())) ? undefined : expected(one))))
      .transform((text) => domainToASCII(text.trim()).toLowerCase()),
    one,
  )
