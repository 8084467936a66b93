import { deviceOf } from '../sessions/device.ts'

/** What a browser is called in a letter. */
export function deviceName(userAgent: string | undefined): string | undefined {
  const { browser, system } = deviceOf(userAgent)
  return [browser, system].filter((part) => part !== undefined).join(', ') || undefined
}
