import { z } from 'zod'
import { withForm } from './form.ts'

/** Shown on pages and in the head of letters: no line break, no control character, nothing that turns the text around. */
export const oneLine = /^(?=.*\S)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,64}$/u

export const nameOnOneLine = () =>
  withForm(z.string().trim().regex(oneLine), { says: 'a name of 1 to 64 characters on one line' })
