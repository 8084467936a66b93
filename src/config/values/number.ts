import { z } from 'zod'
import { withForm } from './form.ts'

const fromText = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : text)

export const wholeNumber = (min: number, max: number) =>
  withForm(z.int().min(min).max(max), { says: `a whole number from ${min} to ${max}`, fromText })

export const oneOfNumbers = <const N extends readonly number[]>(numbers: N) =>
  withForm(z.literal([...numbers]), { says: `one of ${numbers.join(', ')}`, fromText })
