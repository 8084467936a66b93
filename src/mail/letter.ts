import { z } from 'zod'
import type { UserId } from '../users/user.ts'
import type { Message } from './message.ts'

export interface Letter {
  readonly to: {
    readonly address: string
    readonly name?: string | undefined
    readonly locale?: string | null | undefined
    /** Sealed with this person's key, so that it goes when they go; else with nobody's. */
    readonly person?: UserId | undefined
  }
  readonly message: Message
  /** What it says is erased then, sent or not. */
  readonly expiresAt: Date
}

/** As it is stored. */
export const recipientSchema = z.strictObject({
  address: z.string(),
  name: z.string().optional(),
  locale: z.string().optional(),
})
export type Recipient = z.output<typeof recipientSchema>
