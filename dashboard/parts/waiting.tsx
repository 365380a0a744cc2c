/** Grey lines in the place of what will come. */
export function Waiting({ lines = 4 }: { lines?: number }) {
  return (
    <div className="waiting" aria-hidden>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  )
}
