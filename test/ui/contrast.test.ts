import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { wall } from '../../src/ui/layout.tsx'

const styles = join(import.meta.dirname, '../../assets/styles')
const tokens = readFileSync(join(styles, 'tokens.css'), 'utf8')
const [light = '', dark = ''] = tokens.split('@media (prefers-color-scheme: dark)')

type Palette = ReadonlyMap<string, string>
const colours = (css: string): Palette =>
  new Map([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]))

const palettes = { light: colours(light), dark: colours(dark) }

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(palette: Palette, one: string, other: string): number {
  const [darker = 0, lighter = 0] = [one, other]
    .map((name) => luminance(palette.get(name) ?? '#808080'))
    .sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

const text = [
  ['ink', 'paper'],
  ['ink', 'field'],
  ['ink-soft', 'paper'],
  ['accent', 'paper'],
  ['accent-strong', 'paper'],
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-strong'],
  ['danger', 'paper'],
  ['danger', 'danger-paper'],
  ['ink', 'danger-paper'],
] as const

/** What shows where a control is, and which one has the focus or a mistake. */
const shapes = [
  ['edge', 'paper'],
  ['edge', 'field'],
  ['accent', 'field'],
  ['danger', 'field'],
] as const

describe.each(Object.entries(palettes))('the colours, %s', (scheme, palette) => {
  it.each(text)('%s is readable on %s (WCAG 1.4.3)', (one, other) => {
    expect(contrast(palette, one, other)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(shapes)('%s stands out from %s (WCAG 1.4.11)', (one, other) => {
    expect(contrast(palette, one, other)).toBeGreaterThanOrEqual(3)
  })

  it('go on in the bars of a phone', () => {
    expect(wall[scheme === 'light' ? 'light' : 'dark']).toBe(palette.get('wall'))
  })

  it('are the same set in light and dark', () => {
    expect([...palette.keys()].sort()).toEqual([...palettes.light.keys()].sort())
  })
})

describe('the sheets', () => {
  const others = ['base', 'page', 'form', 'content'].map((name) => readFileSync(join(styles, `${name}.css`), 'utf8'))

  it('take every colour from a token', () => {
    for (const css of others) expect(css).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|oklch\(/i)
  })

  it('use no token that does not exist', () => {
    const known = new Set([...tokens.matchAll(/--([\w-]+):/g)].map(([, name]) => name))
    const used = [tokens, ...others].flatMap((css) => [...css.matchAll(/var\(--([\w-]+)/g)].map(([, name]) => name))
    expect(used.filter((name) => !known.has(name))).toEqual([])
  })

  it('hold no token that nobody uses', () => {
    const used = new Set(
      [tokens, ...others].flatMap((css) => [...css.matchAll(/var\(--([\w-]+)/g)].map(([, name]) => name)),
    )
    expect([...tokens.matchAll(/--([\w-]+):/g)].map(([, name]) => name).filter((name) => !used.has(name))).toEqual([])
  })

  it('know no left and right, so that a page can be turned around', () => {
    for (const css of others)
      expect(css).not.toMatch(
        /(?:margin|padding|border|inset)-(?:left|right)|\b(?:left|right):|text-align: (?:left|right)/,
      )
  })
})
