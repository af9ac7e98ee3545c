// "What now": the profile, the import link and its code, the password.

import { encode as encodeQr } from 'uqr'
import type { Instance } from '../api'
import { now } from '../clock'
import { button, byId, el, link, redraw, show } from '../dom'
import { moment } from '../format'
import { noteMade } from '../made'
import { devicePass, importLink, profile, signInProfile } from '../pass'
import type { Credential, Import } from '../pass'
import { Refusal } from '../refusal'
import { draw, run, say, secondsLeft, state, view } from '../state'
import { SYSTEMS, ownSystem } from '../systems'
import type { System } from '../systems'

let chosen = ownSystem()
let visit = 0
let opened: Import | undefined
let fileName = 'FILE.ovpn'
let signIn: (anew?: boolean) => Promise<void> = async () => {}

/** How this page is signed in, once more if `anew`; a pass that is there anyway does it too. */
export function signsIn(action: (anew?: boolean) => Promise<void>) {
  signIn = action
}

/** Takes everything personal off the page. */
export function clearConnect() {
  visit++
  opened = undefined
  byId('code').replaceChildren()
  byId('password').replaceChildren()
}

/** Asks for a pass, does something with it and takes note of what it was for; what comes back when the wallet has left is dropped. */
async function withPass<T>(name: string, use: (credential: Credential) => Promise<T>, another = false): Promise<T> {
  const { wallet, access, gateway } = state
  if (!wallet || !gateway) throw new Error('no wallet')
  const began = visit
  const stillThere = () => {
    if (began !== visit) throw new Refusal('Your wallet or the server changed meanwhile. Try again.')
  }
  const credential = await devicePass(wallet, access?.credentialsFrom ?? 0, another)
  stillThere()
  void signIn().catch(() => {})
  const result = await use(credential)
  stillThere()
  noteMade(gateway, wallet.address, credential.password, credential.expires, name)
  return result
}

view(() => {
  show(byId('connect'), state.wallet !== undefined && (secondsLeft() ?? 0) > 0)
})

const server = byId<HTMLSelectElement>('server')

/** The server that the visitor asked for, up or down. */
let picked: string | undefined

view(() => {
  const all = (state.gateway?.instances ?? []).filter((one) => one.profile)
  show(byId('servers'), all.length > 1)
  for (const part of ['systems', 'system', 'other-device']) show(byId(part), all.length > 0)
  const before = server.value
  const marked = all.map((one) => [one.name, one.name + trouble(one)] as const)
  redraw(server, marked, () => marked.map(([name, text]) => el('option', { value: name }, text)))
  const best =
    all.find((one) => one.name === picked) ??
    all.find((one) => one.name === before && one.attached) ??
    all.find((one) => trouble(one) === '') ??
    all.find((one) => one.attached) ??
    all[0]
  server.value = best?.name ?? ''
  if (before !== '' && server.value !== before) clearConnect()
})

function trouble({ attached, clients, capacity }: Instance): string {
  if (!attached) return ' (down)'
  return capacity !== undefined && clients >= capacity ? ' (full)' : ''
}

server.addEventListener('change', () => {
  picked = server.value
  clearConnect()
  draw()
})

/** Which of several servers the profile is for; undefined if there is one only. */
function instance(): string | undefined {
  return server.options.length > 1 ? server.value : undefined
}

const ordered = [chosen, ...SYSTEMS.filter((system) => system !== chosen)]

view(() => {
  redraw(byId('systems'), 'once', () =>
    ordered.map((system) => {
      const tab = el(
        'button',
        { type: 'button', role: 'tab', id: `tab-${system.id}`, 'aria-controls': 'system' },
        system.name,
      )
      tab.addEventListener('click', () => choose(system))
      return tab
    }),
  )
  for (const system of ordered) {
    const tab = byId(`tab-${system.id}`)
    tab.setAttribute('aria-selected', String(system === chosen))
    tab.tabIndex = system === chosen ? 0 : -1
  }
  byId('system').setAttribute('aria-labelledby', `tab-${chosen.id}`)
  if (opened && opened.expires <= now()) opened = undefined
  redraw(byId('system'), [chosen.id, opened, fileName], () => [instructions(chosen)])
})

function choose(system: System) {
  chosen = system
  byId(`tab-${system.id}`).focus()
  draw()
}

byId('systems').addEventListener('keydown', (event) => {
  const at = ordered.indexOf(chosen)
  const last = ordered.length - 1
  const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[
    event.key
  ]
  if (next === undefined) return
  event.preventDefault()
  choose(ordered[next]!)
})

function instructions(system: System): HTMLElement {
  const get = system.mobile ? mobileGet() : el('li', {}, downloadButton())
  return el(
    'ol',
    { class: 'how' },
    el('li', {}, 'Install ', link(system.app.url, system.app.text), '.'),
    get,
    el('li', {}, system.open, system.id === 'linux' ? el('pre', {}, `sudo openvpn --config '${fileName}'`) : null),
  )
}

function downloadButton(): HTMLElement {
  const node = button('Download profile', () => void run(node, download))
  return node
}

function mobileGet(): HTMLElement {
  const openable = opened !== undefined && /^openvpn:/.test(opened.openUrl)
  const node = button(
    openable ? 'Make another link' : 'Make a link',
    () => void run(node, makeLink),
    openable ? 'quiet' : undefined,
  )
  return el(
    'li',
    {},
    openable ? el('a', { href: opened!.openUrl, class: 'button' }, 'Open in OpenVPN Connect') : null,
    openable ? ' ' : null,
    node,
    ' or ',
    downloadButton(),
    opened ? el('p', { class: 'aside' }, once(opened)) : null,
  )
}

function once(made: Import): string {
  return `The link works once, until ${moment(made.expires)}.`
}

async function download() {
  save(await withPass(chosen.name, (credential) => profile(credential, instance())))
}

byId('by-page-button').addEventListener('click', () => {
  void run(byId('by-page-button'), async () => {
    await signIn()
    save(await signInProfile(instance()))
  })
})

view(() => show(byId('by-page'), state.gateway?.webSignIn === true && server.options.length > 0))

function save({ name, content }: { name: string; content: Blob }) {
  const url = URL.createObjectURL(content)
  el('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
  fileName = name
  say(`${name} was downloaded.`)
}

async function makeLink() {
  opened = await withPass(chosen.name, (credential) => importLink(credential, instance()))
}

/** Whether it matters that another device is another one: not where each takes the place of the last. */
function devicesCount(): boolean {
  const limits = state.gateway?.limits
  return limits !== undefined && (limits.sessionsPerWallet > 1 || limits.whenFull === 'refuse')
}

byId('code-button').addEventListener('click', () => {
  void run(byId('code-button'), async () => {
    const made = await withPass('Scanned code', (credential) => importLink(credential, instance()), devicesCount())
    byId('code').replaceChildren(qr(made.openUrl), el('p', { class: 'aside' }, once(made)))
    say('The code is shown.')
  })
})

function qr(text: string): Element {
  const { data, size } = encodeQr(text, { ecc: 'M', border: 4 })
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`)
  svg.setAttribute('class', 'qr')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', 'Code with the link that imports the profile')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute(
    'd',
    data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join(''),
  )
  svg.append(path)
  return svg
}

byId('password-button').addEventListener('click', () => {
  void run(byId('password-button'), async () => {
    const { username, password } = await withPass('Password, pasted', async (credential) => {
      // For all else the gate is shown the pass. In another tab, or by the seller, it may have been revoked.
      await signIn(true)
      return credential
    })
    byId('password').replaceChildren(field('User name', username), field('Password', password))
    say('User name and password are shown.')
  })
})

function field(name: string, value: string): HTMLElement {
  const id = `field-${name.replace(' ', '-').toLowerCase()}`
  const input = el('input', {
    id,
    class: 'mono',
    type: 'text',
    readonly: true,
    value,
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const copy = button(
    'Copy',
    () => {
      // The clipboard is closed to pages without https: then the text is at least selected.
      input.select()
      void navigator.clipboard?.writeText(value).then(
        () => say(`${name} copied.`),
        () => say('Selected: copy it with your keyboard.'),
      )
    },
    'quiet',
  )
  copy.setAttribute('aria-describedby', `${id}-label`)
  return el('p', { class: 'field' }, el('label', { for: id, id: `${id}-label` }, name), input, copy)
}
