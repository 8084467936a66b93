interface CheckboxProps {
  /** Its name, too. */
  readonly id: string
  readonly label: string
}

/** A choice beside a form, off until somebody ticks it. */
export const Checkbox = ({ id, label }: CheckboxProps) => (
  <p class="check">
    <input id={id} name={id} type="checkbox" value="on" autocomplete="off" />
    <label for={id}>{label}</label>
  </p>
)
