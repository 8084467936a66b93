/** A form of a page, as far as somebody without a browser needs it. */
export interface PageForm {
  readonly action: string
  /** What the page itself put into it, with the button that sends it. */
  readonly fields: Readonly<Record<string, string>>
}

export function formOf(html: string, id: string): PageForm | undefined {
  const [whole, tag = ''] = new RegExp(`(<form\\b[^>]*\\bid="${id}"[^>]*>)[\\s\\S]*?</form>`).exec(html) ?? []
  if (whole === undefined) return undefined
  const named = (whole.match(/<(?:input|button)\b[^>]*>/g) ?? []).flatMap((control) => {
    const name = attribute(control, 'name')
    return name === undefined ? [] : [[name, attribute(control, 'value') ?? '']]
  })
  return { action: attribute(tag, 'action') ?? '', fields: Object.fromEntries(named) }
}

export const titleOf = (html: string): string => plain(/<title>([\s\S]*?)<\/title>/.exec(html)?.[1] ?? 'no title')

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : plain(value)
}

const entities: Readonly<Record<string, string>> = { amp: '&', quot: '"', '#39': "'", lt: '<', gt: '>' }

const plain = (text: string) => text.replaceAll(/&(amp|quot|#39|lt|gt);/g, (_, name: string) => entities[name] ?? '')
