import { z } from 'zod'
import { Secret } from '../../lib/secret.ts'
import { unless, withForm } from './form.ts'

const isPercentEncoded = (part: string): boolean => {
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

function whyNotPostgresUrl(text: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(text)) return 'expected a URL that begins with postgres:// or postgresql://'
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !isPercentEncoded(url.username) || !isPercentEncoded(url.password)) {
    return 'is not a URL that can be read: percent-encode the special characters of the password (a % is %25, a / is %2F, a # is %23)'
  }
  if (url.hash) return 'holds a bare "#": percent-encode it in the password as %23'
  return undefined
}

const sealed = (text: string) => new Secret(text)

export const postgresUrl = () =>
  withForm(z.string().superRefine(unless(whyNotPostgresUrl)).transform(sealed), {
    says: 'a URL that begins with postgres:// or postgresql://',
  })

/** What makes a good one is the business of whoever uses it. */
export const secretText = (says: string) => withForm(z.string().min(1).transform(sealed), { says })
