/** Coming into an organisation, and one's own organisations: English, and with it the list of keys. */
export const en = {
  'invite.title': 'Invitation to {organisation}',
  'invite.role': 'Your role there',
  'invite.roles': 'Your roles there',
  'invite.roles.none': 'none yet',
  'invite.inviter': 'Invited by',
  'invite.inviter.operator': 'the administration of this service',
  'invite.until': 'Open until',

  'invite.accept.lead':
    'You are signed in as {account}. If you accept, the organisation sees your name and your address.',
  'invite.accept.submit': 'Accept the invitation',
  'invite.new.lead': 'Choose a name and a password for your account. Your address {email} is confirmed by this link.',
  'invite.new.submit': 'Create account and accept',
  'invite.signIn.lead': 'There is an account with the address {email}. Sign in with it to accept.',
  'invite.signIn.submit': 'Sign in to accept',
  'invite.other.lead': 'This invitation is for {email}. You are signed in as {account}.',
  'invite.other.cure': 'Sign out, then open the link in the letter again.',
  'invite.other.signOut': 'Sign out',
  'invite.unverified.lead':
    'The address of your account, {email}, is not confirmed yet. Without that you cannot accept.',
  'invite.unverified.cure':
    'Have a link sent to it from your account, confirm the address, and open the invitation again.',
  'invite.unverified.account': 'Go to your account',
  'invite.already.title': 'You work for {organisation} already',
  'invite.already.lead': 'Your account is a member there. There is nothing left to accept.',
  'invite.toOrganisations': 'Your organisations',
  'invite.done.title': 'Your account is ready',
  'invite.done.lead':
    'You are a member of {organisation} now. Sign in with your address and the password that you have just chosen.',
  'invite.done.lead.unnamed':
    'You have accepted the invitation. Sign in with your address and the password that you have just chosen.',
  'invite.done.signIn': 'Sign in',
  'invite.dead.title': 'This invitation is no longer open',
  'invite.dead.why': 'It was accepted, withdrawn or sent again, or it is too old.',
  'invite.dead.cure':
    'If you have a newer letter, open the link in that one. Otherwise ask whoever invited you for another.',
  'invite.dead.account': 'Your account',

  'organisations.title': 'Your organisations',
  'organisations.tab': 'Organisations',
  'organisations.memberships': 'Memberships',
  'organisations.lead': 'Who you work for, and as what. Each looks after its own members; your account stays yours.',
  'organisations.none': 'You belong to no organisation. Whoever wants you in one sends an invitation to your address.',
  'organisations.joined': 'joined {time}',
  'organisations.roles.none': 'no role yet',
  'organisations.suspended': 'suspended',
  'organisations.suspended.why': 'You cannot work for it at the moment. Its administration can say why.',
  'organisations.inactive.why': 'The organisation itself is suspended at the moment.',
  'organisations.leave': 'Leave',
  'organisations.leave.label': 'Leave {organisation}',
  'organisations.leave.title': 'Leave {organisation}?',
  'organisations.leave.lead':
    'You lose your roles there at once, and API keys that you made for it stop working. Only a new invitation lets you in again.',
  'organisations.leave.submit': 'Leave this organisation',
  'organisations.leave.stay': 'Stay',
  'organisations.leave.last-keeper':
    'You are the last one with a role that {organisation} must keep. Give that role to somebody else first.',
  'organisations.choices': 'Remembered choices',
  'organisations.choices.lead':
    'These applications open for the organisation that you chose last. If you forget a choice, you are asked the next time.',
  'organisations.choice': 'opens for {organisation}',
  'organisations.choice.gone': 'opens for an organisation that you have left',
  'organisations.forget': 'Forget',
  'organisations.forget.label': 'Forget the choice for {client}',
  'organisations.done.joined': 'You have accepted the invitation.',
  'organisations.done.left': 'You have left the organisation.',
  'organisations.done.forgotten': 'The choice is forgotten.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'invite.title': 'Einladung zu {organisation}',
  'invite.role': 'Ihre Rolle dort',
  'invite.roles': 'Ihre Rollen dort',
  'invite.roles.none': 'noch keine',
  'invite.inviter': 'Eingeladen von',
  'invite.inviter.operator': 'der Administration dieses Dienstes',
  'invite.until': 'Gültig bis',

  'invite.accept.lead':
    'Sie sind als {account} angemeldet. Wenn Sie annehmen, sieht die Organisation Ihren Namen und Ihre Adresse.',
  'invite.accept.submit': 'Einladung annehmen',
  'invite.new.lead':
    'Wählen Sie einen Namen und ein Passwort für Ihr Konto. Ihre Adresse {email} ist durch diesen Link bestätigt.',
  'invite.new.submit': 'Konto anlegen und annehmen',
  'invite.signIn.lead': 'Mit der Adresse {email} gibt es bereits ein Konto. Melden Sie sich damit an, um anzunehmen.',
  'invite.signIn.submit': 'Anmelden und annehmen',
  'invite.other.lead': 'Diese Einladung ist für {email}. Angemeldet sind Sie als {account}.',
  'invite.other.cure': 'Melden Sie sich ab, und öffnen Sie dann den Link aus der Nachricht noch einmal.',
  'invite.other.signOut': 'Abmelden',
  'invite.unverified.lead':
    'Die Adresse Ihres Kontos, {email}, ist noch nicht bestätigt. Ohne das können Sie nicht annehmen.',
  'invite.unverified.cure':
    'Lassen Sie sich aus Ihrem Konto einen Link dorthin senden, bestätigen Sie die Adresse, und öffnen Sie die Einladung noch einmal.',
  'invite.unverified.account': 'Zu Ihrem Konto',
  'invite.already.title': 'Sie gehören bereits zu {organisation}',
  'invite.already.lead': 'Ihr Konto ist dort Mitglied. Es gibt nichts mehr anzunehmen.',
  'invite.toOrganisations': 'Ihre Organisationen',
  'invite.done.title': 'Ihr Konto ist bereit',
  'invite.done.lead':
    'Sie sind jetzt Mitglied von {organisation}. Melden Sie sich mit Ihrer Adresse und dem Passwort an, das Sie gerade gewählt haben.',
  'invite.done.lead.unnamed':
    'Sie haben die Einladung angenommen. Melden Sie sich mit Ihrer Adresse und dem Passwort an, das Sie gerade gewählt haben.',
  'invite.done.signIn': 'Anmelden',
  'invite.dead.title': 'Diese Einladung gilt nicht mehr',
  'invite.dead.why': 'Sie wurde angenommen, zurückgezogen oder noch einmal gesendet, oder sie ist zu alt.',
  'invite.dead.cure':
    'Wenn Sie eine neuere Nachricht haben, öffnen Sie den Link darin. Sonst bitten Sie die Person, die Sie eingeladen hat, um eine neue.',
  'invite.dead.account': 'Ihr Konto',

  'organisations.title': 'Ihre Organisationen',
  'organisations.tab': 'Organisationen',
  'organisations.memberships': 'Mitgliedschaften',
  'organisations.lead':
    'Für wen Sie arbeiten, und in welcher Rolle. Jede Organisation verwaltet ihre Mitglieder selbst; Ihr Konto bleibt Ihres.',
  'organisations.none':
    'Sie gehören zu keiner Organisation. Wer Sie aufnehmen möchte, sendet eine Einladung an Ihre Adresse.',
  'organisations.joined': 'beigetreten {time}',
  'organisations.roles.none': 'noch keine Rolle',
  'organisations.suspended': 'gesperrt',
  'organisations.suspended.why':
    'Sie können zurzeit nicht für sie arbeiten. Warum, kann Ihnen ihre Administration sagen.',
  'organisations.inactive.why': 'Die Organisation selbst ist zurzeit gesperrt.',
  'organisations.leave': 'Verlassen',
  'organisations.leave.label': '{organisation} verlassen',
  'organisations.leave.title': '{organisation} verlassen?',
  'organisations.leave.lead':
    'Ihre Rollen dort verlieren Sie sofort, und API-Schlüssel, die Sie dafür angelegt haben, gelten nicht mehr. Zurück kommen Sie nur mit einer neuen Einladung.',
  'organisations.leave.submit': 'Diese Organisation verlassen',
  'organisations.leave.stay': 'Bleiben',
  'organisations.leave.last-keeper':
    'Nur Sie haben noch eine Rolle, die bei {organisation} besetzt bleiben muss. Geben Sie diese Rolle zuerst jemand anderem.',
  'organisations.choices': 'Gemerkte Auswahl',
  'organisations.choices.lead':
    'Diese Anwendungen öffnen sich für die Organisation, die Sie zuletzt gewählt haben. Wenn Sie eine Auswahl vergessen lassen, werden Sie beim nächsten Mal gefragt.',
  'organisations.choice': 'öffnet sich für {organisation}',
  'organisations.choice.gone': 'öffnet sich für eine Organisation, die Sie verlassen haben',
  'organisations.forget': 'Vergessen',
  'organisations.forget.label': 'Auswahl für {client} vergessen',
  'organisations.done.joined': 'Sie haben die Einladung angenommen.',
  'organisations.done.left': 'Sie haben die Organisation verlassen.',
  'organisations.done.forgotten': 'Die Auswahl ist vergessen.',
}
