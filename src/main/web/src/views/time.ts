// The countdown, by the gate's own view and clock.

import { byId, setText, show } from '../dom'
import { countdown, moment, zone } from '../format'
import { say, secondsLeft, state, view } from '../state'
import { full, lostTime } from './status'

const SOON = 600
const NOW = 60

let told: number | undefined

view(() => {
  const left = secondsLeft()
  const end = state.access?.paidUntil ?? 0
  show(byId('time'), left !== undefined && end > 0)
  if (left === undefined || end === 0) {
    told = undefined
    document.body.classList.remove('customer')
    return
  }
  const running = left > 0
  // Who has time comes for the clock, not for the introduction.
  document.body.classList.toggle('customer', running)
  byId('time').classList.toggle('soon', running && left <= SOON)
  setText(byId('time-title'), running ? 'Your time' : 'Your time is over')
  setText(byId('time-left'), running ? countdown(left) : '0:00:00')
  setText(byId('time-end'), running ? `until ${moment(end)} ${zone()}` : `It ended at ${moment(end)} ${zone()}.`)
  setText(byId('time-hint'), hint(left))
  announce(left)
})

function hint(left: number): string {
  const newest = state.access?.newestPaidUntil ?? 0
  if (newest > (state.access?.paidUntil ?? 0)) return `A payment until ${moment(newest)} waits for its confirmations.`
  if (left <= 0) return 'Buy more below: the profile you have works again at once.'
  const lost = lostTime()
  if (lost) return lost
  if (left <= NOW) return 'Less than a minute. Extend now to stay connected.'
  if (left <= SOON) return 'Less than 10 minutes. Extend now: the connection stays.'
  if (full()) return 'Every place is taken: who is connected stays, another device waits until somebody leaves.'
  return 'It runs whether you are connected or not. Extending adds to the end; the connection stays.'
}

/** Ears hear it three times: at ten minutes, at one, and at the end; never each second. */
function announce(left: number) {
  const level = left <= 0 ? 0 : left <= NOW ? NOW : left <= SOON ? SOON : Infinity
  if (told !== undefined && level < told) {
    say(
      level === 0
        ? 'Your time is over.'
        : level === NOW
          ? 'One minute of your time is left.'
          : 'Ten minutes of your time are left.',
    )
  }
  told = level
}
