/** Texts of letters: English, and with it the list of keys. */
export const en = {
  'mail.linkBelow': 'Or copy this address into your browser:',
  'mail.validFor': 'The link works once, for {time}.',
  'mail.automatic': 'It was sent automatically; nobody reads replies to it.',
  'mail.to.account': 'You get this letter because an account at {host} has this address.',
  'mail.to.owner': 'You get this letter because this is, or was until just now, the address of your account at {host}.',
  'mail.to.stranger': 'You get this letter because somebody entered this address at {host}.',

  'mail.registration.subject': 'Finish creating your account at {operator}',
  'mail.registration.title': 'Finish creating your account',
  'mail.registration.lead': 'Open this link to confirm your e-mail address and to choose a password.',
  'mail.registration.action': 'Confirm and continue',
  'mail.registration.notYou':
    'If you did not ask for an account, you need not do anything: without this link none is created.',

  'mail.already.subject': 'You already have an account at {operator}',
  'mail.already.title': 'You already have an account',
  'mail.already.lead':
    'Somebody, probably you, asked for a new account with this address. There is one already, so nothing was created and nothing was changed.',
  'mail.already.action': 'Sign in',
  'mail.already.forgotten': 'If you do not remember your password, you can choose a new one here:',
  'mail.already.recover': 'Choose a new password',
  'mail.already.notYou':
    'If that was not you, you need not do anything. Whoever it was has not been told that this account exists.',

  'mail.verification.subject': 'Confirm your e-mail address for {operator}',
  'mail.verification.title': 'Confirm your e-mail address',
  'mail.verification.lead': 'Open this link to show that this address is yours.',
  'mail.verification.action': 'Confirm this address',
  'mail.verification.notYou':
    'If you do not know this account, you need not do anything: the address stays unconfirmed.',

  'mail.invitation.subject': '{operator}: invitation to {organisation}',
  'mail.invitation.title': 'An invitation',
  'mail.invitation.lead': '{inviter} invites you to work with {organisation}.',
  'mail.invitation.leadOfOperator': '{operator} invites you to work with {organisation}.',
  'mail.invitation.about': 'Open this link to look at the invitation, and to accept it.',
  'mail.invitation.action': 'Look at the invitation',
  'mail.invitation.notYou':
    'If you do not know who that is, you need not do anything: nothing happens without this link.',

  'mail.recovery.subject': 'Choose a new password for {operator}',
  'mail.recovery.title': 'Choose a new password',
  'mail.recovery.lead':
    'Somebody, probably you, forgot the password of your account. Open this link to choose a new one; every device that is signed in is then signed out.',
  'mail.recovery.action': 'Choose a new password',
  'mail.recovery.notYou':
    'If that was not you, you need not do anything: your password stays as it is. Show this link to nobody.',

  'mail.emailCode.subject': 'Your code for {operator}',
  'mail.emailCode.title': 'Your code',
  'mail.emailCode.second-factor.lead': 'Enter this code on the page where you are signing in:',
  'mail.emailCode.mailbox.lead':
    'Before you set up another way to confirm that it is you, show that this mailbox is yours. Enter this code on the page that asks for it:',
  'mail.emailCode.validFor':
    'It works once, for {time}, and only in the browser that asked for it. Give it to nobody: we never ask for it by phone or by mail.',
  'mail.emailCode.notYou':
    'If you did not ask for a code, somebody may know your password. Without this code they get no further; choose a new password all the same.',
  'mail.emailCode.recover': 'Choose a new password',

  'mail.changeConfirm.subject': 'Confirm your new e-mail address for {operator}',
  'mail.changeConfirm.title': 'Confirm your new e-mail address',
  'mail.changeConfirm.lead':
    'Open this link to make this the address of your account. From then on you sign in with it.',
  'mail.changeConfirm.action': 'Use this address',
  'mail.changeConfirm.notYou': 'If you did not ask for this, you need not do anything: the address is not used.',

  'mail.changeAsked.subject': 'Somebody asked to change your e-mail address at {operator}',
  'mail.changeAsked.title': 'Somebody asked to change your e-mail address',
  'mail.changeAsked.lead':
    'Somebody asked to move your account to {address}. Nothing has changed yet: it changes when the new address is confirmed.',
  'mail.changeAsked.wasYou': 'If it was you, you need not do anything here.',
  'mail.changeAsked.notYou':
    'If it was not, somebody is signed in to your account and knows your password: stop it here. Your account is then locked until you choose a new password.',
  'mail.changeAsked.action': 'Stop it and lock my account',

  'mail.changeTold.subject': 'Your e-mail address at {operator} was changed',
  'mail.changeTold.title': 'Your e-mail address was changed',
  'mail.changeTold.lead': 'Your account now has the address {address}. This one no longer belongs to it.',
  'mail.changeTold.wasYou': 'If you changed it, you need not do anything.',
  'mail.changeTold.notYou':
    'If it was not you, take the change back here. Your account is then locked until you choose a new password.',
  'mail.changeTold.action': 'Take it back and lock my account',

  'mail.notice.wasYou': 'If this was you, you need not do anything.',
  'mail.notice.notYou':
    'If it was not, open this link. It leads to a page on which you lock your account and end all its sessions.',
  'mail.notice.action': 'This was not me',
  'mail.notice.askAdministrator':
    'This letter can change nothing about it. If it is not what you wanted, ask your administrator for help.',
  'mail.notice.at': 'When',
  'mail.notice.device': 'Device',
  'mail.notice.place': 'IP address',
  'mail.notice.new-device.subject': 'New sign-in to your account at {operator}',
  'mail.notice.new-device.title': 'New sign-in to your account',
  'mail.notice.new-device.lead': 'Somebody signed in to your account from a browser that we had not seen there before.',
  'mail.notice.password-changed.subject': 'Your password at {operator} was changed',
  'mail.notice.password-changed.title': 'Your password was changed',
  'mail.notice.password-changed.lead': 'Your account has a new password. Other devices have been signed out.',
  'mail.notice.email-changed.subject': 'The e-mail address of your account at {operator} was changed',
  'mail.notice.email-changed.title': 'The e-mail address of your account was changed',
  'mail.notice.email-changed.lead': 'From now on you sign in with the new address.',
  'mail.notice.factor-added.subject': 'A sign-in method was added to your account at {operator}',
  'mail.notice.factor-added.title': 'A sign-in method was added',
  'mail.notice.factor-added.lead': 'Your account can now be opened in one more way, or asks for one more proof.',
  'mail.notice.factor-removed.subject': 'A sign-in method was removed at {operator}',
  'mail.notice.factor-removed.title': 'A sign-in method was removed',
  'mail.notice.factor-removed.lead': 'Your account no longer accepts a sign-in method that it had.',
  'mail.notice.backup-code-used.subject': 'A backup code for your account at {operator} was used',
  'mail.notice.backup-code-used.title': 'A backup code was used',
  'mail.notice.backup-code-used.lead':
    'Somebody proved a sign-in to your account with your password and one of your backup codes. That code works no more.',
  'mail.notice.backup-code-used.cure':
    'If this was you because a device is lost, remove its passkey or authenticator app from your account, on the page “How you sign in”. If few codes are left, make new ones there.',
  'mail.notice.applications':
    'These applications have lost their access, because somebody else may have allowed it: {names}. If you use one of them, it asks you again.',
  'mail.notice.left': 'Codes left',
  'mail.notice.factor': 'Which',
  'mail.notice.factor.passkey': 'Passkey',
  'mail.notice.factor.totp': 'Authenticator app',
  'mail.notice.factor.email-code': 'Codes by e-mail',
  'mail.notice.factor.backup-code': 'Backup codes',
  'mail.notice.account-locked.subject': 'Your account at {operator} is locked',
  'mail.notice.account-locked.title': 'Your account is locked',
  'mail.notice.account-locked.lead': 'Nobody can sign in to it, and all its sessions have ended.',
  'mail.notice.account-locked.cure':
    'You open it again by choosing a new password. Your administrator can open it, too.',
  'mail.notice.account-locked.action': 'Choose a new password',
  'mail.notice.tokens-replayed.subject': 'We ended a connection to your account at {operator}',
  'mail.notice.tokens-replayed.title': 'We ended a connection to your account',
  'mail.notice.tokens-replayed.lead':
    'An application showed us a key to your account that had been used before. It may be a fault of the application; it may be a copy in strange hands. To be safe, neither works any more. Sign in to the application again.',
  'mail.notice.api-key-created.subject': 'A new API key for your account at {operator}',
  'mail.notice.api-key-created.title': 'An API key was made',
  'mail.notice.api-key-created.lead':
    'A program that has the key can do in your name what stands on the key, until it expires or is revoked.',
  'mail.notice.api-key-rotated.subject': 'An API key of yours at {operator} was renewed',
  'mail.notice.api-key-rotated.title': 'An API key of yours was renewed',
  'mail.notice.api-key-rotated.lead':
    'A new key was shown, and takes the place of the one before, which ends soon. A program that has the new one can do in your name what stands on it, until it expires or is revoked.',
  'mail.notice.api-key-leaked.subject': 'We revoked an API key of yours at {operator}',
  'mail.notice.api-key-leaked.title': 'We revoked an API key of yours',
  'mail.notice.api-key-leaked.lead':
    'Somebody found it where strangers could read it, and showed it to us. It no longer opens anything. Make a new one for the program that used it, and look at what the program did lately.',

  'mail.notice.api-key-leaked.unknown':
    'If you do not know this key, somebody else made it in your account: this link leads to a page on which you lock your account and end all its sessions.',
  'mail.notice.api-key-leaked.action': 'I do not know this key',

  'mail.key.program': 'Service account',
  'mail.key.keeper': 'You are told because you look after the service accounts of this organisation.',
  'mail.programKeyLeaked.subject': '{operator}: we revoked an API key of {organisation}',
  'mail.programKeyLeaked.title': 'We revoked an API key of a service account',
  'mail.programKeyCreated.subject': '{operator}: a new API key of {organisation}',
  'mail.programKeyCreated.title': 'A service account has a new API key',
  'mail.programKeyCreated.lead':
    'Whoever has the key can do what stands on it in the name of the service account, until it expires or is revoked.',
  'mail.programKeyRotated.subject': '{operator}: an API key of {organisation} was renewed',
  'mail.programKeyRotated.title': 'An API key of a service account was renewed',
  'mail.programKeyRotated.lead':
    'A new key was shown, and takes the place of the one before, which ends soon. Whoever has the new one can do what stands on it in the name of the service account, until it expires or is revoked.',
  'mail.programCreated.subject': '{operator}: a new service account of {organisation}',
  'mail.programCreated.title': 'A service account was made',
  'mail.programCreated.lead':
    'It is a member like a person, for programs: with a key or a client it can do what its roles allow.',
  'mail.programCreated.roles': 'Roles',
  'mail.programCreated.unknown':
    'If nobody who looks after service accounts with you knows of it, revoke it, and see whose account made it.',
  'mail.keyExpiring.ofProgram.subject': '{operator}: an API key of {organisation} ends soon',
  'mail.keyExpiring.subject': 'An API key of yours at {operator} ends soon',
  'mail.keyExpiring.title': 'An API key ends soon',
  'mail.keyExpiring.lead': 'After its end, the program that uses it is refused.',
  'mail.keyExpiring.key': 'Key',
  'mail.keyExpiring.organisation': 'Organisation',
  'mail.keyExpiring.end': 'Works until',
  'mail.keyExpiring.cure':
    'Rotate it while there is time. The new key is shown once, and the one before works on for a while, so that nothing stops. If the program is no longer in use, there is nothing to do.',

  'mail.membership.removed.subject': '{operator}: your membership of {organisation} has ended',
  'mail.membership.removed.title': 'Your membership has ended',
  'mail.membership.removed.lead':
    'You no longer work for {organisation} here: your roles there are gone, and API keys that you made for it no longer open anything. Your account itself is as it was.',
  'mail.membership.suspended.subject': '{operator}: your membership of {organisation} is suspended',
  'mail.membership.suspended.title': 'Your membership is suspended',
  'mail.membership.suspended.lead':
    'You cannot work for {organisation} at the moment. Your roles there are kept, and your account itself is as it was.',
  'mail.membership.readmitted.subject': '{operator}: your membership of {organisation} goes on',
  'mail.membership.readmitted.title': 'Your membership goes on',
  'mail.membership.readmitted.lead': 'You can work for {organisation} again, as before.',
  'mail.membership.roles.subject': '{operator}: your roles at {organisation} were changed',
  'mail.membership.roles.title': 'Your roles were changed',
  'mail.membership.roles.lead': 'What you may do at {organisation} is no longer the same.',
  'mail.membership.roles': 'Your roles there',
  'mail.membership.roles.none': 'none',
  'mail.membership.ask': 'If you did not expect this, ask the administration of the organisation.',

  'mail.test.subject': 'Test letter from {operator}',
  'mail.test.title': 'Letters arrive',
  'mail.test.lead': 'Whoever runs {operator} sent this letter to see whether mail works. It does.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'mail.linkBelow': 'Oder kopieren Sie diese Adresse in Ihren Browser:',
  'mail.validFor': 'Der Link gilt einmal und {time} lang.',
  'mail.automatic': 'Sie wurde automatisch verschickt; Antworten darauf liest niemand.',
  'mail.to.account': 'Sie erhalten diese Nachricht, weil zu dieser Adresse ein Konto bei {host} gehört.',
  'mail.to.owner': 'Sie erhalten diese Nachricht, weil dies die Adresse Ihres Kontos bei {host} ist oder bis eben war.',
  'mail.to.stranger': 'Sie erhalten diese Nachricht, weil jemand diese Adresse bei {host} eingegeben hat.',

  'mail.registration.subject': 'Schließen Sie Ihre Registrierung bei {operator} ab',
  'mail.registration.title': 'Schließen Sie Ihre Registrierung ab',
  'mail.registration.lead': 'Öffnen Sie diesen Link, um Ihre E-Mail-Adresse zu bestätigen und ein Passwort zu wählen.',
  'mail.registration.action': 'Bestätigen und weiter',
  'mail.registration.notYou':
    'Wenn Sie kein Konto anlegen wollten, müssen Sie nichts tun: Ohne diesen Link entsteht keines.',

  'mail.already.subject': 'Sie haben bereits ein Konto bei {operator}',
  'mail.already.title': 'Sie haben bereits ein Konto',
  'mail.already.lead':
    'Jemand, vermutlich Sie selbst, wollte mit dieser Adresse ein neues Konto anlegen. Es gibt bereits eines; deshalb wurde nichts angelegt und nichts geändert.',
  'mail.already.action': 'Anmelden',
  'mail.already.forgotten': 'Wenn Sie Ihr Passwort nicht mehr wissen, können Sie hier ein neues wählen:',
  'mail.already.recover': 'Neues Passwort wählen',
  'mail.already.notYou':
    'Wenn Sie das nicht waren, müssen Sie nichts tun. Wer immer es war, hat nicht erfahren, dass es dieses Konto gibt.',

  'mail.verification.subject': 'Bestätigen Sie Ihre E-Mail-Adresse für {operator}',
  'mail.verification.title': 'Bestätigen Sie Ihre E-Mail-Adresse',
  'mail.verification.lead': 'Öffnen Sie diesen Link, um zu zeigen, dass diese Adresse Ihnen gehört.',
  'mail.verification.action': 'Adresse bestätigen',
  'mail.verification.notYou':
    'Wenn Sie dieses Konto nicht kennen, müssen Sie nichts tun: Die Adresse bleibt unbestätigt.',

  'mail.invitation.subject': '{operator}: Einladung zu {organisation}',
  'mail.invitation.title': 'Eine Einladung',
  'mail.invitation.lead': '{inviter} lädt Sie ein, bei {organisation} mitzuarbeiten.',
  'mail.invitation.leadOfOperator': '{operator} lädt Sie ein, bei {organisation} mitzuarbeiten.',
  'mail.invitation.about': 'Über diesen Link können Sie die Einladung ansehen und annehmen.',
  'mail.invitation.action': 'Einladung ansehen',
  'mail.invitation.notYou':
    'Wenn Sie damit nichts anfangen können, müssen Sie nichts tun: Ohne diesen Link geschieht nichts.',

  'mail.recovery.subject': 'Wählen Sie ein neues Passwort für {operator}',
  'mail.recovery.title': 'Wählen Sie ein neues Passwort',
  'mail.recovery.lead':
    'Jemand, vermutlich Sie selbst, hat das Passwort Ihres Kontos vergessen. Öffnen Sie diesen Link, um ein neues zu wählen; alle angemeldeten Geräte werden dann abgemeldet.',
  'mail.recovery.action': 'Neues Passwort wählen',
  'mail.recovery.notYou':
    'Wenn Sie das nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist. Zeigen Sie diesen Link niemandem.',

  'mail.emailCode.subject': 'Ihr Code für {operator}',
  'mail.emailCode.title': 'Ihr Code',
  'mail.emailCode.second-factor.lead': 'Geben Sie diesen Code auf der Seite ein, auf der Sie sich gerade anmelden:',
  'mail.emailCode.mailbox.lead':
    'Bevor Sie einen weiteren Nachweis einrichten, zeigen Sie bitte, dass dieses Postfach Ihnen gehört. Geben Sie dazu diesen Code auf der Seite ein, die danach fragt:',
  'mail.emailCode.validFor':
    'Er gilt einmal, {time} lang und nur in dem Browser, der ihn angefordert hat. Geben Sie ihn niemandem: Wir fragen nie am Telefon oder per E-Mail danach.',
  'mail.emailCode.notYou':
    'Wenn Sie keinen Code angefordert haben, kennt möglicherweise jemand Ihr Passwort. Ohne diesen Code kommt niemand weiter; wählen Sie trotzdem ein neues Passwort.',
  'mail.emailCode.recover': 'Neues Passwort wählen',

  'mail.changeConfirm.subject': 'Bestätigen Sie Ihre neue E-Mail-Adresse für {operator}',
  'mail.changeConfirm.title': 'Bestätigen Sie Ihre neue E-Mail-Adresse',
  'mail.changeConfirm.lead':
    'Öffnen Sie diesen Link, um diese Adresse für Ihr Konto zu verwenden. Von da an melden Sie sich mit ihr an.',
  'mail.changeConfirm.action': 'Diese Adresse verwenden',
  'mail.changeConfirm.notYou':
    'Wenn Sie darum nicht gebeten haben, müssen Sie nichts tun: Die Adresse wird nicht verwendet.',

  'mail.changeAsked.subject': 'Jemand möchte Ihre E-Mail-Adresse bei {operator} ändern',
  'mail.changeAsked.title': 'Jemand möchte Ihre E-Mail-Adresse ändern',
  'mail.changeAsked.lead':
    'Jemand hat darum gebeten, Ihr Konto auf {address} umzustellen. Noch ist nichts geändert: Das geschieht erst, wenn die neue Adresse bestätigt wird.',
  'mail.changeAsked.wasYou': 'Wenn Sie das selbst waren, müssen Sie hier nichts tun.',
  'mail.changeAsked.notYou':
    'Wenn nicht, ist jemand in Ihrem Konto angemeldet und kennt Ihr Passwort: Halten Sie die Änderung hier auf. Ihr Konto ist dann gesperrt, bis Sie ein neues Passwort wählen.',
  'mail.changeAsked.action': 'Aufhalten und mein Konto sperren',

  'mail.changeTold.subject': 'Ihre E-Mail-Adresse bei {operator} wurde geändert',
  'mail.changeTold.title': 'Ihre E-Mail-Adresse wurde geändert',
  'mail.changeTold.lead': 'Zu Ihrem Konto gehört jetzt die Adresse {address}. Diese hier gehört nicht mehr dazu.',
  'mail.changeTold.wasYou': 'Wenn Sie das selbst waren, müssen Sie nichts tun.',
  'mail.changeTold.notYou':
    'Wenn nicht, nehmen Sie die Änderung hier zurück. Ihr Konto ist dann gesperrt, bis Sie ein neues Passwort wählen.',
  'mail.changeTold.action': 'Zurücknehmen und mein Konto sperren',

  'mail.notice.wasYou': 'Wenn Sie das waren, müssen Sie nichts tun.',
  'mail.notice.notYou':
    'Wenn nicht, öffnen Sie diesen Link. Er führt zu einer Seite, auf der Sie Ihr Konto sperren und alle seine Sitzungen beenden.',
  'mail.notice.action': 'Das war ich nicht',
  'mail.notice.askAdministrator':
    'Mit diesem Brief lässt sich daran nichts ändern. Wenn es nicht das ist, was Sie wollten, bitten Sie Ihre Administration um Hilfe.',
  'mail.notice.at': 'Wann',
  'mail.notice.device': 'Gerät',
  'mail.notice.place': 'IP-Adresse',
  'mail.notice.new-device.subject': 'Neue Anmeldung an Ihrem Konto bei {operator}',
  'mail.notice.new-device.title': 'Neue Anmeldung an Ihrem Konto',
  'mail.notice.new-device.lead':
    'Jemand hat sich mit einem Browser an Ihrem Konto angemeldet, den wir dort noch nicht kannten.',
  'mail.notice.password-changed.subject': 'Ihr Passwort bei {operator} wurde geändert',
  'mail.notice.password-changed.title': 'Ihr Passwort wurde geändert',
  'mail.notice.password-changed.lead': 'Ihr Konto hat ein neues Passwort. Andere Geräte wurden abgemeldet.',
  'mail.notice.email-changed.subject': 'Die E-Mail-Adresse Ihres Kontos bei {operator} wurde geändert',
  'mail.notice.email-changed.title': 'Die E-Mail-Adresse Ihres Kontos wurde geändert',
  'mail.notice.email-changed.lead': 'Von jetzt an melden Sie sich mit der neuen Adresse an.',
  'mail.notice.factor-added.subject': 'Ihr Konto bei {operator} hat eine neue Anmeldemethode',
  'mail.notice.factor-added.title': 'Eine Anmeldemethode kam hinzu',
  'mail.notice.factor-added.lead':
    'Ihr Konto lässt sich jetzt auf eine weitere Art öffnen oder verlangt einen weiteren Nachweis.',
  'mail.notice.factor-removed.subject': 'Eine Anmeldemethode wurde bei {operator} entfernt',
  'mail.notice.factor-removed.title': 'Eine Anmeldemethode wurde entfernt',
  'mail.notice.factor-removed.lead': 'Ihr Konto nimmt eine Anmeldemethode nicht mehr an, die es bisher hatte.',
  'mail.notice.backup-code-used.subject': 'Ein Ersatzcode Ihres Kontos bei {operator} wurde verwendet',
  'mail.notice.backup-code-used.title': 'Ein Ersatzcode wurde verwendet',
  'mail.notice.backup-code-used.lead':
    'Bei einer Anmeldung an Ihrem Konto wurden Ihr Passwort und einer Ihrer Ersatzcodes verwendet. Dieser Code gilt nicht mehr.',
  'mail.notice.backup-code-used.cure':
    'Wenn Sie das waren, weil ein Gerät verloren ist, entfernen Sie dessen Passkey oder Authenticator-App auf der Seite „Wie Sie sich anmelden“ aus Ihrem Konto. Wenn nur noch wenige Codes übrig sind, erstellen Sie dort neue.',
  'mail.notice.applications':
    'Diese Anwendungen haben keinen Zugriff mehr, weil ihn jemand anderes erlaubt haben könnte: {names}. Wenn Sie eine davon nutzen, fragt sie Sie noch einmal.',
  'mail.notice.left': 'Übrige Codes',
  'mail.notice.factor': 'Welche',
  'mail.notice.factor.passkey': 'Passkey',
  'mail.notice.factor.totp': 'Authenticator-App',
  'mail.notice.factor.email-code': 'Codes per E-Mail',
  'mail.notice.factor.backup-code': 'Ersatzcodes',
  'mail.notice.account-locked.subject': 'Ihr Konto bei {operator} ist gesperrt',
  'mail.notice.account-locked.title': 'Ihr Konto ist gesperrt',
  'mail.notice.account-locked.lead': 'Niemand kann sich daran anmelden, und alle seine Sitzungen sind beendet.',
  'mail.notice.account-locked.cure':
    'Sie öffnen es wieder, indem Sie ein neues Passwort wählen. Auch Ihre Administration kann es öffnen.',
  'mail.notice.account-locked.action': 'Neues Passwort wählen',
  'mail.notice.tokens-replayed.subject': 'Wir haben eine Verbindung zu Ihrem Konto bei {operator} beendet',
  'mail.notice.tokens-replayed.title': 'Wir haben eine Verbindung zu Ihrem Konto beendet',
  'mail.notice.tokens-replayed.lead':
    'Eine Anwendung hat uns einen Schlüssel zu Ihrem Konto gezeigt, der schon verwendet worden war. Das kann ein Fehler der Anwendung sein; es kann auch eine Kopie in fremden Händen sein. Zur Sicherheit gilt keiner von beiden mehr. Melden Sie sich an der Anwendung neu an.',
  'mail.notice.api-key-created.subject': 'Ein neuer API-Schlüssel für Ihr Konto bei {operator}',
  'mail.notice.api-key-created.title': 'Ein API-Schlüssel wurde erstellt',
  'mail.notice.api-key-created.lead':
    'Ein Programm, das den Schlüssel hat, kann in Ihrem Namen tun, was auf dem Schlüssel steht, bis er abläuft oder widerrufen wird.',
  'mail.notice.api-key-rotated.subject': 'Ein API-Schlüssel von Ihnen bei {operator} wurde erneuert',
  'mail.notice.api-key-rotated.title': 'Ein API-Schlüssel von Ihnen wurde erneuert',
  'mail.notice.api-key-rotated.lead':
    'Ein neuer Schlüssel wurde angezeigt und tritt an die Stelle des bisherigen, der bald endet. Ein Programm, das den neuen hat, kann in Ihrem Namen tun, was auf dem Schlüssel steht, bis er abläuft oder widerrufen wird.',
  'mail.notice.api-key-leaked.subject': 'Wir haben einen API-Schlüssel von Ihnen bei {operator} widerrufen',
  'mail.notice.api-key-leaked.title': 'Wir haben einen API-Schlüssel von Ihnen widerrufen',
  'mail.notice.api-key-leaked.lead':
    'Jemand hat ihn gefunden, wo Fremde ihn lesen konnten, und uns gezeigt. Er öffnet nichts mehr. Erstellen Sie einen neuen für das Programm, das ihn verwendet hat, und sehen Sie nach, was das Programm zuletzt getan hat.',

  'mail.notice.api-key-leaked.unknown':
    'Wenn Sie diesen Schlüssel nicht kennen, hat ihn jemand anderes in Ihrem Konto erstellt: Dieser Link führt zu einer Seite, auf der Sie Ihr Konto sperren und alle seine Sitzungen beenden.',
  'mail.notice.api-key-leaked.action': 'Ich kenne den Schlüssel nicht',

  'mail.key.program': 'Dienstkonto',
  'mail.key.keeper': 'Sie erfahren davon, weil Sie die Dienstkonten dieser Organisation verwalten.',
  'mail.programKeyLeaked.subject': '{operator}: API-Schlüssel von {organisation} widerrufen',
  'mail.programKeyLeaked.title': 'Wir haben einen API-Schlüssel eines Dienstkontos widerrufen',
  'mail.programKeyCreated.subject': '{operator}: neuer API-Schlüssel von {organisation}',
  'mail.programKeyCreated.title': 'Ein Dienstkonto hat einen neuen API-Schlüssel',
  'mail.programKeyCreated.lead':
    'Wer den Schlüssel hat, kann im Namen des Dienstkontos tun, was auf dem Schlüssel steht, bis er abläuft oder widerrufen wird.',
  'mail.programKeyRotated.subject': '{operator}: API-Schlüssel von {organisation} erneuert',
  'mail.programKeyRotated.title': 'Ein API-Schlüssel eines Dienstkontos wurde erneuert',
  'mail.programKeyRotated.lead':
    'Ein neuer Schlüssel wurde angezeigt und tritt an die Stelle des bisherigen, der bald endet. Wer den neuen hat, kann im Namen des Dienstkontos tun, was auf dem Schlüssel steht, bis er abläuft oder widerrufen wird.',
  'mail.programCreated.subject': '{operator}: neues Dienstkonto von {organisation}',
  'mail.programCreated.title': 'Ein Dienstkonto wurde angelegt',
  'mail.programCreated.lead':
    'Es ist Mitglied wie eine Person, für Programme: Mit einem Schlüssel oder einer Anwendung kann es, was seine Rollen erlauben.',
  'mail.programCreated.roles': 'Rollen',
  'mail.programCreated.unknown':
    'Wenn niemand bei Ihnen, der Dienstkonten verwaltet, davon weiß, widerrufen Sie es, und sehen Sie nach, wessen Konto es angelegt hat.',
  'mail.keyExpiring.ofProgram.subject': '{operator}: ein API-Schlüssel von {organisation} läuft bald ab',
  'mail.keyExpiring.subject': 'Ein API-Schlüssel von Ihnen bei {operator} läuft bald ab',
  'mail.keyExpiring.title': 'Ein API-Schlüssel läuft bald ab',
  'mail.keyExpiring.lead': 'Danach wird das Programm, das ihn verwendet, abgewiesen.',
  'mail.keyExpiring.key': 'Schlüssel',
  'mail.keyExpiring.organisation': 'Organisation',
  'mail.keyExpiring.end': 'Gilt bis',
  'mail.keyExpiring.cure':
    'Erneuern Sie ihn rechtzeitig. Der neue Schlüssel wird einmal angezeigt, und der bisherige gilt noch eine Weile, damit nichts stehen bleibt. Wird das Programm nicht mehr verwendet, ist nichts zu tun.',

  'mail.membership.removed.subject': '{operator}: Ihre Mitgliedschaft bei {organisation} ist beendet',
  'mail.membership.removed.title': 'Ihre Mitgliedschaft ist beendet',
  'mail.membership.removed.lead':
    'Sie arbeiten hier nicht mehr für {organisation}: Ihre Rollen dort sind erloschen, und API-Schlüssel, die Sie dafür angelegt haben, öffnen nichts mehr. Ihr Konto selbst bleibt, wie es war.',
  'mail.membership.suspended.subject': '{operator}: Ihre Mitgliedschaft bei {organisation} ruht',
  'mail.membership.suspended.title': 'Ihre Mitgliedschaft ruht',
  'mail.membership.suspended.lead':
    'Sie können zurzeit nicht für {organisation} arbeiten. Ihre Rollen dort bleiben erhalten, und Ihr Konto selbst bleibt, wie es war.',
  'mail.membership.readmitted.subject': '{operator}: Ihre Mitgliedschaft bei {organisation} geht weiter',
  'mail.membership.readmitted.title': 'Ihre Mitgliedschaft geht weiter',
  'mail.membership.readmitted.lead': 'Sie können wieder für {organisation} arbeiten, wie zuvor.',
  'mail.membership.roles.subject': '{operator}: Ihre Rollen bei {organisation} wurden geändert',
  'mail.membership.roles.title': 'Ihre Rollen wurden geändert',
  'mail.membership.roles.lead': 'Was Sie bei {organisation} tun dürfen, ist nicht mehr dasselbe.',
  'mail.membership.roles': 'Ihre Rollen dort',
  'mail.membership.roles.none': 'keine',
  'mail.membership.ask': 'Wenn Sie damit nicht gerechnet haben, fragen Sie die Administration der Organisation.',

  'mail.test.subject': 'Testnachricht von {operator}',
  'mail.test.title': 'Nachrichten kommen an',
  'mail.test.lead':
    'Wer {operator} betreibt, hat diese Nachricht verschickt, um zu sehen, ob E-Mail funktioniert. Das tut sie.',
}
