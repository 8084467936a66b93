import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { captureMail, type MailCapture } from './mail.ts'

let capture: MailCapture

beforeEach(async () => {
  capture = await captureMail()
})
afterEach(() => capture.close())

const send = async (to: string, subject: string, link: string) => {
  const transport = createTransport(capture.url)
  await transport.sendMail({
    from: '"Hearthkey" <no-reply@hearthkey.test>',
    to,
    subject,
    text: `Zażółć gęślą jaźń\nOpen ${link}`,
    html: `<p>Zażółć</p><a href="${link}">Open</a>`,
  })
  transport.close()
}

describe('captured mail', () => {
  it('holds the envelope, the headers, the text and the HTML of what was sent over SMTP', async () => {
    const link = `https://id.example/verify?token=${'a1=b2_'.repeat(20)}`
    await send('ada@example.test', 'Verify your address', link)
    const [mail] = capture.mails
    expect(mail).toMatchObject({ from: 'no-reply@hearthkey.test', to: ['ada@example.test'] })
    expect(mail?.header('Subject')).toBe('Verify your address')
    expect(mail?.text.trimEnd()).toBe(`Zażółć gęślą jaźń\nOpen ${link}`)
    expect(mail?.html).toContain(`<p>Zażółć</p><a href="${link}">Open</a>`)
  })

  it('is waited for, whether it came already or comes yet', async () => {
    const toBob = capture.waitForMail((mail) => mail.to.includes('bob@example.test'))
    await send('ada@example.test', 'One', 'https://id.example/1')
    await send('bob@example.test', 'Two', 'https://id.example/2')
    expect((await toBob).header('subject')).toBe('Two')
    expect((await capture.waitForMail((mail) => mail.to.includes('ada@example.test'))).header('subject')).toBe('One')
  })

  it('says what came instead when the one waited for does not come', async () => {
    await send('ada@example.test', 'One', 'https://id.example/1')
    const never = capture.waitForMail((mail) => mail.to.includes('eve@example.test'), 20)
    await expect(never).rejects.toThrow('no such mail within 20 ms; there came: One → ada@example.test')
  })
})
