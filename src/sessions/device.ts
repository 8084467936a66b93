import { parse } from 'bowser'
import { z } from 'zod'

/** No version: it changes every month and tells its owner nothing. */
const part = z.string().min(1).max(40).optional()
export const device = z.strictObject({ browser: part, system: part, kind: part }).readonly()
export type Device = z.output<typeof device>

/** Real ones are shorter; the parser tries some hundred expressions on it. */
const LONGEST_USER_AGENT = 512
const unknown: Device = {}

/** What a browser says of itself: for its owner to recognise it by, never to decide anything by. */
export function deviceOf(userAgent: string | undefined): Device {
  const text = userAgent?.slice(0, LONGEST_USER_AGENT).trim()
  if (!text) return unknown
  const { browser, os, platform } = parse(text)
  const said = { browser: browser.name, system: os.name, kind: platform.type }
  const parsed = device.safeParse(Object.fromEntries(Object.entries(said).filter(([, value]) => value)))
  return parsed.success ? parsed.data : unknown
}
