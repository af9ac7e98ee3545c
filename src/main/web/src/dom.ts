// The little that is needed to build a page without markup strings, which Trusted Types forbid.

type Child = Node | string | null | undefined

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return found as T
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | boolean | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, '')
    else if (typeof value === 'string') node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child != null))
  return node
}

export function button(label: string, onClick: () => void, className?: string): HTMLButtonElement {
  const node = el('button', { type: 'button', class: className }, label)
  node.addEventListener('click', onClick)
  return node
}

/** A link to elsewhere; nothing but https is ever linked to, whatever the configuration says. */
export function link(url: string, text: string): Node {
  return /^https:\/\//.test(url) ? el('a', { href: url, rel: 'noreferrer' }, text) : document.createTextNode(text)
}

/** Writes only what differs: a live region speaks at each write. */
export function setText(node: HTMLElement, text: string) {
  if (node.textContent !== text) node.textContent = text
}

export function show(node: HTMLElement, visible: boolean) {
  if (node.hidden === visible) node.hidden = !visible
}

const drawn = new WeakMap<HTMLElement, string>()

/** Rebuilds a part of the page only when what it shows has changed, so that the focus stays where it is. */
export function redraw(node: HTMLElement, key: unknown, children: () => Child[]) {
  const text = JSON.stringify(key)
  if (drawn.get(node) === text) return
  drawn.set(node, text)
  node.replaceChildren(...children().filter((child) => child != null))
}
