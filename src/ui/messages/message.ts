import type { ErrorCode } from '../../errors/catalogue.ts'
import type { en } from './en.ts'

export type PageKey = keyof typeof en
export type ErrorKey = `error.${ErrorCode}.${'title' | 'cure'}`
export type MessageKey = PageKey | ErrorKey

/** Every page in full; of the errors, those that a person can meet. The rest is English. */
export type Messages = Readonly<Record<PageKey, string> & Partial<Record<ErrorKey, string>>>

/** `'Back to {client}'` → `'client'` */
type ParameterIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterIn<Rest>
  : never

/** What must be handed in with a key: nothing, or every parameter of its English text. */
export type Parameters<Key extends PageKey, Value> = [ParameterIn<(typeof en)[Key]>] extends [never]
  ? []
  : [values: Readonly<Record<ParameterIn<(typeof en)[Key]>, Value>>]
