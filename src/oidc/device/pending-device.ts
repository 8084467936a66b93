import type { Interaction, Provider } from 'oidc-provider'
import { z } from 'zod'
import { displayed } from './user-code.ts'

/** What somebody sees of the device that they are to let in. */
export interface PendingDevice {
  /** As the device shows it. */
  readonly code: string
  /** What it said of itself; nobody has proven it. */
  readonly name?: string | undefined
  readonly ip: string
}

export const deviceInfo = z.strictObject({ ip: z.string(), name: z.string().optional() })
export type DeviceInfo = z.infer<typeof deviceInfo>

const LONGEST = 100

/** The product that it names first, or all that it says; without what could turn or break the line that it stands in. */
export function nameIn(userAgent: string | undefined): string | undefined {
  const plain = userAgent?.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim()
  return plain ? plain.slice(0, LONGEST) : undefined
}

/** `gone`: it has expired, or was answered. Undefined where no device asks. */
export async function pendingDevice(
  provider: Provider,
  { deviceCode }: Interaction,
): Promise<PendingDevice | 'gone' | undefined> {
  if (deviceCode === undefined) return undefined
  const found = await provider.DeviceCode.find(deviceCode, { ignoreExpiration: true, ignoreSessionBinding: true })
  if (!found || found.isExpired || found.userCode === undefined) return 'gone'
  return { code: displayed(found.userCode), ...deviceInfo.parse(found.deviceInfo) }
}
