/** The hearth, with a keyhole for its fire. */
export const Mark = () => (
  <svg class="mark" viewBox="3 3 18 18" aria-hidden="true">
    <path fill="currentColor" d="M3 21V12a9 9 0 0 1 18 0v9h-6.2l-1.3-6.3a3.2 3.2 0 1 0-3 0L9.2 21Z" />
  </svg>
)
