import { z } from 'zod'
import { expected, withForm } from './form.ts'

const byComma = (text: string) => text.split(',').map((part) => part.trim())

const android = {
  says: 'a list of packages, each with = and the SHA-256 fingerprint of its certificate',
  suchAs: 'com.example.app=14:6D:… with 32 bytes',
}
const PACKAGE = /^[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z][a-zA-Z0-9_]*)+$/
const FINGERPRINT = /^[0-9a-f]{2}(:?[0-9a-f]{2}){31}$/i

/** One spelling: the package, `=`, 64 hex digits. A package that is signed with two keys stands there twice. */
const androidApp = z.string().transform((text, context) => {
  const [name = '', fingerprint = '', ...rest] = text.split('=').map((part) => part.trim())
  if (rest.length === 0 && PACKAGE.test(name) && FINGERPRINT.test(fingerprint))
    return `${name}=${fingerprint.replaceAll(':', '').toLowerCase()}`
  context.addIssue(expected(android))
  return z.NEVER
})

export const androidApps = () => withForm(z.array(androidApp).readonly(), { ...android, fromText: byComma })

const ios = { says: 'a list of app ids: the team, a dot, the bundle', suchAs: 'ABCDE12345.com.example.app' }
const APP_ID = /^[A-Z0-9]{10}(\.[a-zA-Z0-9-]+)+$/

export const iosApps = () =>
  withForm(z.array(z.string().regex(APP_ID, { error: expected(ios) })).readonly(), { ...ios, fromText: byComma })
