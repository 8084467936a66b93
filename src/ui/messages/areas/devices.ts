/** Signing a device in from another one: English, and with it the list of keys. */
export const en = {
  'device.title': 'Connect a device',
  'device.lead': 'Your device or program shows a code. Type it here to sign in to it.',
  'device.code': 'Code',
  'device.code.hint': 'Eight letters, such as BCDF-\u2060GHJK. Upper or lower case, with or without the dash.',
  'device.submit': 'Go on',
  'device.beware':
    'Type only a code that you asked for yourself, on a device that you see. Whoever sends you one wants to get into your account.',
  'device.error.missing': 'Type the code that your device shows.',
  'device.error.unknown':
    'This code is not right, or it has expired. Look at your device again, or ask it for a new code.',

  'device.confirm.title': 'Sign in to {client} on another device?',
  'device.confirm.compare':
    'Is this the code that your device shows, and did you begin this yourself? If not, deny it.',
  'device.confirm.device': 'The device says it is',
  'device.confirm.unnamed': 'not said',
  'device.confirm.place': 'It asked from',
  'device.confirm.asks': 'If you allow it, {client} on that device may',
  'device.confirm.nothing': 'It asks for nothing but to know that you have signed in.',
  'device.confirm.allow': 'Allow',
  'device.confirm.deny': 'Deny',

  'device.done.title': 'Your device is signed in',
  'device.done.lead': '{client} goes on by itself on your device. You can close this window.',
  'device.done.undo':
    'Was it not your device? Remove the access of this application in your account, under “Applications”.',
  'device.denied.title': 'The device was not signed in',
  'device.denied.lead': 'It got nothing of your account, and its code is worth nothing any more.',
  'device.denied.other': 'Type another code',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'device.title': 'Gerät verbinden',
  'device.lead': 'Ihr Gerät oder Programm zeigt einen Code. Geben Sie ihn hier ein, um sich dort anzumelden.',
  'device.code': 'Code',
  'device.code.hint': 'Acht Buchstaben, zum Beispiel BCDF-\u2060GHJK. Groß oder klein, mit oder ohne Strich.',
  'device.submit': 'Weiter',
  'device.beware':
    'Geben Sie nur einen Code ein, den Sie selbst angefordert haben, auf einem Gerät, das Sie vor sich sehen. Wer Ihnen einen schickt, will in Ihr Konto.',
  'device.error.missing': 'Geben Sie den Code ein, den Ihr Gerät zeigt.',
  'device.error.unknown':
    'Dieser Code stimmt nicht, oder er ist abgelaufen. Sehen Sie noch einmal auf Ihr Gerät, oder fordern Sie dort einen neuen an.',

  'device.confirm.title': 'Auf einem anderen Gerät bei {client} anmelden?',
  'device.confirm.compare':
    'Zeigt Ihr Gerät diesen Code, und haben Sie das selbst begonnen? Wenn nicht, lehnen Sie es ab.',
  'device.confirm.device': 'Das Gerät nennt sich',
  'device.confirm.unnamed': 'keine Angabe',
  'device.confirm.place': 'Es hat gefragt von',
  'device.confirm.asks': 'Wenn Sie zustimmen, darf {client} auf jenem Gerät',
  'device.confirm.nothing': 'Es möchte nichts weiter wissen, als dass Sie sich angemeldet haben.',
  'device.confirm.allow': 'Zustimmen',
  'device.confirm.deny': 'Ablehnen',

  'device.done.title': 'Ihr Gerät ist angemeldet',
  'device.done.lead': '{client} macht auf Ihrem Gerät von selbst weiter. Sie können dieses Fenster schließen.',
  'device.done.undo':
    'War das nicht Ihr Gerät? Entziehen Sie der Anwendung den Zugriff: in Ihrem Konto unter „Anwendungen“.',
  'device.denied.title': 'Das Gerät wurde nicht angemeldet',
  'device.denied.lead': 'Es hat nichts von Ihrem Konto erhalten, und sein Code ist nichts mehr wert.',
  'device.denied.other': 'Anderen Code eingeben',
}
