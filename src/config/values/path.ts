import { z } from 'zod'
import { unless, withForm } from './form.ts'

function whyNotPath(text: string): string | undefined {
  if (text.includes('-----BEGIN')) {
    return 'holds the PEM itself where the path of a PEM file is expected: give the path of that file'
  }
  if (/[\0\r\n]/.test(text)) return 'expected a path on one line'
  if (text.split(/[\\/]/).includes('~')) return '"~" is not expanded here: write the whole path'
  return undefined
}

/** `pathTo('a directory')`; the loader has made it absolute before the schema sees it. */
export const pathTo = (thing: string) =>
  withForm(z.string().min(1).superRefine(unless(whyNotPath)), { says: `the path of ${thing}`, isPath: true })
