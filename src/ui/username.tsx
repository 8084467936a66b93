/** Tells a password manager whose password this form is about; it has no name, so it is never sent. */
export const Username = ({ email }: { readonly email: string }) => (
  <input type="email" value={email} autocomplete="username" hidden readonly />
)
