/** Texts of one part of the house, for the sign-in and for the account alike: English, and with it the list of keys. */
export const en = {
  'secondFactor.passkey': 'Passkey',
  'secondFactor.totp': 'Authenticator app',
  'secondFactor.email-code': 'Code by e-mail',
  'secondFactor.backup-code': 'Backup code',

  'code.totp.label': 'Code from the app',
  'code.totp.hint': 'The six digits that your authenticator app shows now.',
  'code.totp.error.missing': 'Enter the six digits that your app shows.',
  'code.totp.error.mismatch':
    'This code is not right, or it was used already. Wait for the next one, and see that the clock of your device is right.',
  'code.email-code.label': 'Code from the letter',
  'code.email-code.hint': 'The six digits that we have sent to your mailbox.',
  'code.email-code.error.missing': 'Enter the six digits from the letter.',
  'code.email-code.error.mismatch': 'This code is not right, was used already or is too old. The newest letter counts.',
  'code.backup-code.label': 'Backup code',
  'code.backup-code.hint': 'One of those that you have kept: 16 letters and digits. Each works once.',
  'code.backup-code.error.missing': 'Enter one of your backup codes.',
  'code.backup-code.error.mismatch': 'This backup code is not right, or it was used already.',

  'totp.scan': 'Scan this picture with your authenticator app.',
  'totp.picture': 'QR code with the key for your authenticator app',
  'totp.open': 'Open in an app on this device',
  'totp.key': 'No camera? Type this key into the app:',
  'totp.copy': 'Copy key',
  'totp.secret': 'Show it to nobody: whoever has it makes the same codes.',
  'totp.name.label': 'What do you call this app?',
  'totp.name.hint': 'So that you know it again: “Phone”, say.',
  'totp.name.default': 'Authenticator app',
  'totp.error.name-missing': 'Enter a name for this app.',
  'totp.error.name-invalid': 'Enter a name of at most 100 characters, on one line.',
  'totp.error.gone': 'That waited too long. Begin anew: the picture changes, so remove what you had put into the app.',
  'totp.error.too-many': 'You have as many authenticator apps as can be. Remove one that you do not use any more.',

  'backupCodes.of': 'Backup codes of {account} at {host}',
  'backupCodes.rule': 'Each works once, in the place of your device. Keep them where you find them without it.',
  'backupCodes.once': 'They are shown this once. Nobody can show them to you again.',
  'backupCodes.byHand': 'Write them down, or print this page.',
  'backupCodes.copy': 'Copy codes',
  'backupCodes.download': 'Download as a file',
  'backupCodes.print': 'Print',
  'backupCodes.file': 'backup-codes',

  'keep.copied': 'Copied.',
  'keep.marked': 'Your browser did not let us copy. It is marked: copy it with the keyboard or the menu.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'secondFactor.passkey': 'Passkey',
  'secondFactor.totp': 'Authenticator-App',
  'secondFactor.email-code': 'Code per E-Mail',
  'secondFactor.backup-code': 'Ersatzcode',

  'code.totp.label': 'Code aus der App',
  'code.totp.hint': 'Die sechs Ziffern, die Ihre Authenticator-App gerade anzeigt.',
  'code.totp.error.missing': 'Geben Sie die sechs Ziffern ein, die Ihre App anzeigt.',
  'code.totp.error.mismatch':
    'Dieser Code stimmt nicht oder wurde schon verwendet. Warten Sie auf den nächsten, und prüfen Sie, ob die Uhr Ihres Geräts richtig geht.',
  'code.email-code.label': 'Code aus der E-Mail',
  'code.email-code.hint': 'Die sechs Ziffern, die wir an Ihr Postfach gesendet haben.',
  'code.email-code.error.missing': 'Geben Sie die sechs Ziffern aus der E-Mail ein.',
  'code.email-code.error.mismatch':
    'Dieser Code stimmt nicht, wurde schon verwendet oder ist zu alt. Es gilt die neueste E-Mail.',
  'code.backup-code.label': 'Ersatzcode',
  'code.backup-code.hint': 'Einer von denen, die Sie aufbewahrt haben: 16 Buchstaben und Ziffern. Jeder gilt einmal.',
  'code.backup-code.error.missing': 'Geben Sie einen Ihrer Ersatzcodes ein.',
  'code.backup-code.error.mismatch': 'Dieser Ersatzcode stimmt nicht oder wurde schon verwendet.',

  'totp.scan': 'Scannen Sie dieses Bild mit Ihrer Authenticator-App.',
  'totp.picture': 'QR-Code mit dem Schlüssel für Ihre Authenticator-App',
  'totp.open': 'In einer App auf diesem Gerät öffnen',
  'totp.key': 'Keine Kamera? Geben Sie diesen Schlüssel in die App ein:',
  'totp.copy': 'Schlüssel kopieren',
  'totp.secret': 'Zeigen Sie ihn niemandem: Wer ihn hat, erzeugt dieselben Codes.',
  'totp.name.label': 'Wie nennen Sie diese App?',
  'totp.name.hint': 'Damit Sie sie wiedererkennen, zum Beispiel „Handy“.',
  'totp.name.default': 'Authenticator-App',
  'totp.error.name-missing': 'Geben Sie der App einen Namen.',
  'totp.error.name-invalid': 'Geben Sie einen Namen mit höchstens 100 Zeichen in einer Zeile ein.',
  'totp.error.gone':
    'Das hat zu lange gedauert. Beginnen Sie von vorn: Das Bild ist dann ein anderes; entfernen Sie also aus der App, was Sie schon eingegeben hatten.',
  'totp.error.too-many':
    'Mehr Authenticator-Apps kann ein Konto nicht haben. Entfernen Sie eine, die Sie nicht mehr verwenden.',

  'backupCodes.of': 'Ersatzcodes von {account} bei {host}',
  'backupCodes.rule':
    'Jeder gilt einmal und ersetzt Ihr Gerät. Bewahren Sie sie dort auf, wo Sie sie auch ohne das Gerät finden.',
  'backupCodes.once': 'Sie werden nur dieses eine Mal angezeigt. Niemand kann sie Ihnen noch einmal zeigen.',
  'backupCodes.byHand': 'Schreiben Sie sie auf, oder drucken Sie diese Seite aus.',
  'backupCodes.copy': 'Codes kopieren',
  'backupCodes.download': 'Als Datei herunterladen',
  'backupCodes.print': 'Drucken',
  'backupCodes.file': 'ersatzcodes',

  'keep.copied': 'Kopiert.',
  'keep.marked':
    'Ihr Browser hat das Kopieren nicht zugelassen. Der Text ist markiert: Kopieren Sie ihn über die Tastatur oder das Menü.',
}
