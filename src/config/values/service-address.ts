import { z } from 'zod'
import { unless, withForm } from './form.ts'

const OFF = 'off'
const says = 'off, or an https address such as https://api.pwnedpasswords.com'

/** Five digits of a hash are sent there, and its answer decides: nobody on the way may read the one or change the other. */
function whyNotService(text: string): string | undefined {
  if (text === OFF) return undefined
  const url = URL.parse(text)
  if (url?.protocol !== 'https:') return `expected ${says}`
  if (url.username || url.password || url.search || url.hash)
    return 'must not carry a user name, a password, a query or a fragment'
  return undefined
}

/** `off` or an address, without a slash at its end. */
export const offOrServiceAddress = () =>
  withForm(
    z
      .string()
      .superRefine(unless(whyNotService))
      .transform((text) => (text === OFF ? OFF : new URL(text).href.replace(/\/+$/, ''))),
    { says },
  )
