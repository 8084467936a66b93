import { languageOf } from '../../../src/http/language.ts'
import { createWords, type Overrides } from '../../../src/ui/messages/words.ts'
import { renderPage } from '../../../src/ui/render.ts'
import { serve, testHttp } from '../../http/support.ts'
import { gallery } from './gallery.tsx'
import { rightToLeft } from './pseudo.ts'

/** A pseudo language that is written from right to left. */
export const RTL = 'ar-XB'
export const withRtl: Overrides = new Map([[RTL, rightToLeft]])

/** The gallery as a browser meets it: with the real stylesheet and the real policy, at `/<page>?lang=<tag>`. */
export async function openExhibition(overrides: Overrides = new Map()) {
  const http = testHttp({ words: createWords(overrides) })
  for (const [name, page] of Object.entries(gallery))
    http.app.get(`/${name}`, (c) => c.html(renderPage(page(languageOf(c)))))
  return serve(http)
}
