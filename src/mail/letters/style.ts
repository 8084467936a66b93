/**
 * The colours of the pages (assets/styles/tokens.css), written out: a letter brings its own style, and no mail program
 * reads a variable. Light stands in the elements, where every program sees it; dark in a sheet, for those that read one.
 */
export const light = {
  wall: '#17443a',
  paper: '#fbfbf8',
  ink: '#14211d',
  soft: '#525f59',
  line: '#dde2dc',
  accent: '#0f5e4c',
  onAccent: '#ffffff',
} as const

export const dark: Readonly<Record<keyof typeof light, string>> = {
  wall: '#0b110f',
  paper: '#161d1a',
  ink: '#e9eeeb',
  soft: '#a6b2ac',
  line: '#2b3732',
  accent: '#7fd0b5',
  onAccent: '#0b1613',
}

const sans = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif'
const font = `font-family:${sans};`
const breaks = 'overflow-wrap:anywhere;word-break:break-word;'

/** In the elements. */
export const style = {
  body: `margin:0;padding:0;background-color:${light.paper};`,
  wall: `background-color:${light.wall};`,
  // The arch of the pages; where a program cannot draw it, a door with corners.
  opening: `max-width:560px;background-color:${light.paper};border-radius:50% 50% 0 0/64px 64px 0 0;`,
  floor: `background-color:${light.paper};`,
  plinth: 'max-width:560px;',
  head: `padding:36px 32px 0;text-align:center;${font}font-size:16px;line-height:24px;font-weight:600;color:${light.ink};${breaks}`,
  main: `padding:28px 32px 24px;${font}font-size:16px;line-height:25px;color:${light.ink};${breaks}`,
  foot: `padding:20px 32px 40px;border-top:1px solid ${light.line};${font}font-size:14px;line-height:22px;color:${light.soft};${breaks}`,
  title: `margin:0 0 16px;${font}font-size:26px;line-height:32px;font-weight:600;letter-spacing:-0.02em;color:${light.ink};${breaks}`,
  text: 'margin:0 0 20px;',
  aside: `margin:0 0 16px;font-size:14px;line-height:22px;color:${light.soft};`,
  button: `display:inline-block;padding:13px 26px;border-radius:8px;background-color:${light.accent};${font}font-size:16px;line-height:22px;font-weight:600;color:${light.onAccent};text-decoration:none;`,
  buttonPlace: 'padding:4px 0 16px;',
  link: `color:${light.accent};text-decoration:underline;${breaks}`,
  // As a whole it is one word, so that one touch selects it.
  code: `margin:0 0 20px;padding:14px 0;border-top:1px solid ${light.line};border-bottom:1px solid ${light.line};font-size:30px;line-height:38px;font-weight:600;letter-spacing:0.2em;font-variant-numeric:tabular-nums;color:${light.ink};`,
  facts: `margin:0 0 20px;border-top:1px solid ${light.line};`,
  label: `padding:9px 16px 9px 0;border-bottom:1px solid ${light.line};font-size:14px;line-height:22px;color:${light.soft};text-align:start;vertical-align:top;font-weight:400;white-space:nowrap;`,
  entry: `padding:12px 0;border-bottom:1px solid ${light.line};${breaks}`,
  note: `font-size:14px;line-height:22px;color:${light.soft};${breaks}`,
  command: 'font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:0.9em;',
  word: 'white-space:nowrap;',
  value: `padding:9px 0;border-bottom:1px solid ${light.line};font-size:16px;line-height:22px;color:${light.ink};vertical-align:top;${breaks}`,
} as const

/** Where a program reads a sheet. It overrides what stands in the elements. */
export const sheet = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){.in{padding-left:20px!important;padding-right:20px!important}
.label{display:block!important;white-space:normal!important;padding:9px 0 0!important;border-bottom:0!important}
.value{display:block!important;width:auto!important;padding-top:0!important}}
@media (prefers-color-scheme:dark){
.wall{background-color:${dark.wall}!important}
.paper{background-color:${dark.paper}!important}
.ink{color:${dark.ink}!important}
.soft{color:${dark.soft}!important}
.line{border-color:${dark.line}!important}
.link{color:${dark.accent}!important}
.button{background-color:${dark.accent}!important;color:${dark.onAccent}!important}
}`
