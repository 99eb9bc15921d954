// What all pages share. Text reaches a page only as text: nothing here or elsewhere parses HTML.
'use strict';

const $ = (selector, root = document) => root.querySelector(selector);

/** An element with properties, and children that are nodes or texts. */
function el(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A button that shows an icon and says what it does. */
function iconButton(name, label, action) {
  const button = el('button', { type: 'button', className: 'quiet square', title: label, onclick: action }, icon(name));
  button.setAttribute('aria-label', label);
  return button;
}

/** Puts a text on the clipboard, and shows on the button that it is there. */
async function copyText(text, button) {
  await navigator.clipboard.writeText(text);
  const before = [...button.childNodes];
  button.replaceChildren(icon('check'), ...before.filter((node) => node.nodeType === Node.TEXT_NODE));
  setTimeout(() => button.replaceChildren(...before), 1200);
}

// Storage may be forbidden, as in some private windows: then a page forgets, and works.
const storage = (area) => ({
  get(name) {
    try { return window[area].getItem(name); } catch { return null; }
  },
  set(name, value) {
    try { value ? window[area].setItem(name, value) : window[area].removeItem(name); } catch { /* See above. */ }
  },
});
const session = storage('sessionStorage');
const settings = storage('localStorage');

function applyTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

applyTheme(settings.get('theme'));
$('#theme').onclick = () => {
  const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark'
    || (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
  settings.set('theme', isDark ? 'light' : 'dark');
  applyTheme(isDark ? 'light' : 'dark');
};
