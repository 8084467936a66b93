/** The steps of a sign-in behind the first form: English, and with it the list of keys. */
export const en = {
  'login.stepUp.aal1': 'You are signed in. To change how your account is protected, sign in once more.',
  'login.stepUp.mfa':
    'You are signed in. To change how your account is protected, sign in once more, with your second factor.',
  'login.stepUp.aal2':
    'You are signed in. To change how your account is protected, sign in once more, with your password and a code of your authenticator app.',
  'login.stepUp.phr':
    'You are signed in. To change how your account is protected, sign in once more, with your passkey.',
  'step.account': 'You are signing in as {account}.',
  'step.other': 'Sign in as somebody else',
  'step.way.passkey': 'Use a passkey',
  'step.way.totp': 'Use a code from your app',
  'step.way.email-code': 'Get a code by e-mail',
  'step.way.backup-code': 'Use a backup code',
  'step.passkey.refused': 'This passkey was not accepted. Try again, or sign in another way.',
  'step.passkey.unknown-passkey':
    'This passkey is not known here any more. Remove it from your device, and sign in another way.',
  'step.passkey.not-verified':
    'Your device did not ask for your finger, face or PIN. Without that a passkey alone is not enough: turn it on, or sign in with your password.',
  'step.passkey.already-added': 'This device has a passkey for your account already.',

  'step.second.title': 'Confirm that it is you',
  'step.second.submit': 'Confirm',
  'step.second.trust': 'Do not ask again in this browser for {time}. Only on a device that nobody else uses.',
  'step.second.tries.one': 'One more try, then you sign in again.',
  'step.second.tries.other': '{count} more tries, then you sign in again.',
  'step.second.locked': 'There were too many wrong codes. No code is looked at for {time}, not even a right one.',
  'step.second.off':
    'There were too many wrong codes in a row, so codes are off for this account. Set a new password to turn them on again, or ask your administrator.',
  'step.second.limited': 'There were too many tries. Try again in {time}.',
  'step.second.passkey': 'Your device asks for your finger, face or PIN, or for your security key.',
  'step.second.lost': 'Lost your device? Ask your administrator for a way back.',
  'step.email.lead': 'We send six digits to {address}. They are good for ten minutes.',
  'step.email.send': 'Send me a code',
  'step.email.again': 'Send a new code',
  'step.email.sent': 'We have sent six digits to {address}. They are good for ten minutes.',

  'step.mailbox.title': 'First, show that this mailbox is yours',
  'step.mailbox.lead':
    'Your account is to get a second factor, and a stolen password alone must not be enough to add one.',

  'step.enrol.title': 'Protect your account',
  'step.enrol.lead': 'To go on to {client} you need one more way to prove that it is you, beside your password.',
  'step.enrol.asksPasskey': '{client} asks for a passkey: nothing else is enough there. Create one to go on.',
  'step.enrol.recovered': 'Your lost factors were taken away. Set up a new one to go on to {client}.',
  'step.enrol.passkey': 'Passkey',
  'step.enrol.passkey.hint':
    'Your finger, face or PIN on this device, or a security key. Nobody can steal it by a false page.',
  'step.enrol.passkey.submit': 'Create a passkey',
  'step.enrol.passkey.noScript':
    'Turn JavaScript on, or sign in with another browser. If you have none, ask your administrator: without a passkey there is no way on here.',
  'step.enrol.totp': 'Authenticator app',
  'step.enrol.totp.hint': 'An app on your phone shows six digits that change every half minute.',
  'step.enrol.totp.submit': 'Set up an app',
  'step.enrol.email-code': 'Code by e-mail',
  'step.enrol.email-code.hint': 'We send six digits to {address} at each sign-in. The weakest way.',
  'step.enrol.email-code.submit': 'Use codes by e-mail',
  'step.enrol.later': 'Not now',
  'step.enrol.until': 'You can put this off until {date}. After that you cannot sign in without.',
  'step.totp.title': 'Set up an authenticator app',
  'step.totp.code': 'Then enter the six digits that the app shows.',
  'step.totp.submit': 'Confirm and go on',
  'step.totp.back': 'Choose another way',

  'step.codes.title': 'Your backup codes',
  'step.codes.lead':
    'Each of these ten codes signs you in once, in the place of your device, on the day that it is lost or broken.',
  'step.codes.make': 'Show my codes',
  'step.codes.anew':
    'You have seen them already. If you have not kept them, make new ones: the first ones stop working.',
  'step.codes.make-anew': 'Make new codes',
  'step.codes.kept': 'I have kept them: go on',

  'step.offer.title': 'Sign in without a password next time?',
  'step.offer.lead':
    'This device can keep a passkey for you: your finger, face or PIN opens your account, and no false page can steal it.',
  'step.offer.submit': 'Create a passkey',
  'step.offer.later': 'Not now',

  'step.stuck.title': 'You cannot sign in to {client} this way',
  'step.stuck.lead':
    'What is asked for here cannot be done with what your account has: the second factors that you have do not count, or none may be added.',
  'step.stuck.cure':
    'Ask your administrator: they can open a way back for you, or change what is asked for. Somebody who had only your mailbox set your password? Then a code by e-mail alone is not enough.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'login.stepUp.aal1': 'Sie sind angemeldet. Um den Schutz Ihres Kontos zu ändern, melden Sie sich noch einmal an.',
  'login.stepUp.mfa':
    'Sie sind angemeldet. Um den Schutz Ihres Kontos zu ändern, melden Sie sich noch einmal an, mit Ihrem zweiten Faktor.',
  'login.stepUp.aal2':
    'Sie sind angemeldet. Um den Schutz Ihres Kontos zu ändern, melden Sie sich noch einmal an, mit Ihrem Passwort und einem Code aus Ihrer Authenticator-App.',
  'login.stepUp.phr':
    'Sie sind angemeldet. Um den Schutz Ihres Kontos zu ändern, melden Sie sich noch einmal an, mit Ihrem Passkey.',
  'step.account': 'Sie melden sich als {account} an.',
  'step.other': 'Mit einem anderen Konto anmelden',
  'step.way.passkey': 'Passkey verwenden',
  'step.way.totp': 'Code aus Ihrer App verwenden',
  'step.way.email-code': 'Code per E-Mail erhalten',
  'step.way.backup-code': 'Ersatzcode verwenden',
  'step.passkey.refused':
    'Dieser Passkey wurde nicht angenommen. Versuchen Sie es noch einmal, oder melden Sie sich anders an.',
  'step.passkey.unknown-passkey':
    'Dieser Passkey ist hier nicht mehr bekannt. Entfernen Sie ihn von Ihrem Gerät, und melden Sie sich anders an.',
  'step.passkey.not-verified':
    'Ihr Gerät hat weder Finger noch Gesicht noch PIN geprüft. Ohne das genügt ein Passkey allein nicht: Schalten Sie es ein, oder melden Sie sich mit Ihrem Passwort an.',
  'step.passkey.already-added': 'Dieses Gerät hat schon einen Passkey für Ihr Konto.',

  'step.second.title': 'Bestätigen Sie, dass Sie es sind',
  'step.second.submit': 'Bestätigen',
  'step.second.trust':
    'In diesem Browser {time} lang nicht mehr fragen. Nur auf einem Gerät, das sonst niemand benutzt.',
  'step.second.tries.one': 'Noch ein Versuch, dann melden Sie sich neu an.',
  'step.second.tries.other': 'Noch {count} Versuche, dann melden Sie sich neu an.',
  'step.second.locked': 'Es gab zu viele falsche Codes. Für {time} wird kein Code geprüft, auch kein richtiger.',
  'step.second.off':
    'Es gab zu viele falsche Codes hintereinander, deshalb gelten für dieses Konto keine mehr. Setzen Sie ein neues Passwort, damit sie wieder gelten, oder fragen Sie Ihre Administration.',
  'step.second.limited': 'Es gab zu viele Versuche. Versuchen Sie es in {time} wieder.',
  'step.second.passkey': 'Ihr Gerät fragt nach Finger, Gesicht oder PIN oder nach Ihrem Sicherheitsschlüssel.',
  'step.second.lost': 'Gerät verloren? Bitten Sie Ihre Administration um einen Weg zurück.',
  'step.email.lead': 'Wir senden sechs Ziffern an {address}. Sie gelten zehn Minuten.',
  'step.email.send': 'Code senden',
  'step.email.again': 'Neuen Code senden',
  'step.email.sent': 'Wir haben sechs Ziffern an {address} gesendet. Sie gelten zehn Minuten.',

  'step.mailbox.title': 'Zeigen Sie zuerst, dass dieses Postfach Ihres ist',
  'step.mailbox.lead':
    'Ihr Konto bekommt einen zweiten Faktor, und ein gestohlenes Passwort allein darf nicht genügen, um einen hinzuzufügen.',

  'step.enrol.title': 'Schützen Sie Ihr Konto',
  'step.enrol.lead':
    'Um zu {client} zu gelangen, brauchen Sie neben dem Passwort noch einen Weg, zu zeigen, dass Sie es sind.',
  'step.enrol.asksPasskey':
    '{client} verlangt einen Passkey: Etwas anderes genügt dort nicht. Erstellen Sie einen, um fortzufahren.',
  'step.enrol.recovered':
    'Ihre verlorenen Faktoren wurden entfernt. Richten Sie einen neuen ein, um zu {client} zu gelangen.',
  'step.enrol.passkey': 'Passkey',
  'step.enrol.passkey.hint':
    'Finger, Gesicht oder PIN auf diesem Gerät oder ein Sicherheitsschlüssel. Keine gefälschte Seite kann ihn stehlen.',
  'step.enrol.passkey.submit': 'Passkey erstellen',
  'step.enrol.passkey.noScript':
    'Schalten Sie JavaScript ein, oder melden Sie sich in einem anderen Browser an. Wenn Sie keinen haben, fragen Sie Ihre Administration: Ohne Passkey geht es hier nicht weiter.',
  'step.enrol.totp': 'Authenticator-App',
  'step.enrol.totp.hint': 'Eine App auf Ihrem Handy zeigt sechs Ziffern, die jede halbe Minute wechseln.',
  'step.enrol.totp.submit': 'App einrichten',
  'step.enrol.email-code': 'Code per E-Mail',
  'step.enrol.email-code.hint': 'Bei jeder Anmeldung senden wir sechs Ziffern an {address}. Der schwächste Weg.',
  'step.enrol.email-code.submit': 'Codes per E-Mail verwenden',
  'step.enrol.later': 'Nicht jetzt',
  'step.enrol.until': 'Sie können das bis {date} aufschieben. Danach können Sie sich ohne nicht mehr anmelden.',
  'step.totp.title': 'Authenticator-App einrichten',
  'step.totp.code': 'Geben Sie dann die sechs Ziffern ein, die die App anzeigt.',
  'step.totp.submit': 'Bestätigen und weiter',
  'step.totp.back': 'Anderen Weg wählen',

  'step.codes.title': 'Ihre Ersatzcodes',
  'step.codes.lead': 'Mit jedem dieser zehn Codes melden Sie sich einmal an, wenn Ihr Gerät verloren oder kaputt ist.',
  'step.codes.make': 'Codes anzeigen',
  'step.codes.anew':
    'Sie haben sie schon gesehen. Wenn Sie sie nicht aufbewahrt haben, erstellen Sie neue: Die ersten gelten dann nicht mehr.',
  'step.codes.make-anew': 'Neue Codes erstellen',
  'step.codes.kept': 'Ich habe sie aufbewahrt: weiter',

  'step.offer.title': 'Nächstes Mal ohne Passwort anmelden?',
  'step.offer.lead':
    'Dieses Gerät kann einen Passkey für Sie aufbewahren: Finger, Gesicht oder PIN öffnet Ihr Konto, und keine gefälschte Seite kann ihn stehlen.',
  'step.offer.submit': 'Passkey erstellen',
  'step.offer.later': 'Nicht jetzt',

  'step.stuck.title': 'So können Sie sich bei {client} nicht anmelden',
  'step.stuck.lead':
    'Was hier verlangt wird, geht mit dem nicht, was Ihr Konto hat: Ihre zweiten Faktoren zählen nicht, oder es darf keiner hinzukommen.',
  'step.stuck.cure':
    'Fragen Sie Ihre Administration: Sie kann Ihnen einen Weg zurück öffnen oder ändern, was verlangt wird. Wurde Ihr Passwort nur über Ihr Postfach neu gesetzt? Dann genügt ein Code per E-Mail daneben nicht.',
}
