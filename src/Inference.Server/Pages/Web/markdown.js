// A little Markdown: blocks by line, then what is inside a line. Everything becomes text nodes in elements that are made here; a model's
// text can name no element, no attribute, and no address but http and https.
'use strict';

const FENCE = /^\s{0,3}(```+|~~~+)\s*([^`]*)$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const RULE = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/;
const INLINE = /(`+)([^`]+)\1|\*\*(?=\S)(?:[^*]|\*(?!\*))+\*\*|__(?=\S)[^_]+__|\*(?=\S)[^*\n]+\*|\b_(?=\S)[^_\n]+_\b|~~[^~]+~~|\[([^\][]+)\]\((https?:\/\/[^\s()]+)\)|https?:\/\/[^\s<>"'`)\]]+/g;

/** Shows a text that grows. Blocks that have not changed keep their elements. */
class MarkdownView {
  constructor(root) {
    this.root = root;
    this.sources = [];
  }

  show(text) {
    const blocks = splitBlocks(text);
    blocks.forEach((lines, index) => {
      const source = lines.join('\n');
      if (this.sources[index] === source) return;
      const element = renderBlock(lines);
      if (index < this.root.childNodes.length) this.root.childNodes[index].replaceWith(element);
      else this.root.append(element);
      this.sources[index] = source;
    });
    while (this.root.childNodes.length > blocks.length) this.root.lastChild.remove();
    this.sources.length = blocks.length;
  }
}

/** The lines of each block. */
function splitBlocks(text) {
  const blocks = [];
  let block = [];
  let fence = null;
  const end = () => {
    if (block.length > 0) blocks.push(block);
    block = [];
  };
  for (const line of text.split('\n')) {
    if (fence) {
      block.push(line);
      if (line.trim().startsWith(fence) && line.trim().length === fence.length) [fence] = [null, end()];
      continue;
    }
    const opening = FENCE.exec(line);
    const isList = block.length > 0 && ITEM.test(block[0]);
    if (opening) {
      end();
      fence = opening[1];
      block.push(line);
    } else if (line.trim() === '') {
      if (!isList) end();
      else block.push(line);
    } else if (/^#{1,6}\s/.test(line) || RULE.test(line)) {
      end();
      block.push(line);
      end();
    } else if (isList && !ITEM.test(line) && !/^\s/.test(line) && block.at(-1).trim() === '') {
      end();
      block.push(line);
    } else if (block.length > 0 && (kindOf(line) !== kindOf(block[0]) && (kindOf(line) !== 'text' || kindOf(block[0]) === 'table'))) {
      end();
      block.push(line);
    } else {
      block.push(line);
    }
  }
  end();
  return blocks;
}

function kindOf(line) {
  if (ITEM.test(line)) return 'list';
  if (/^\s{0,3}>/.test(line)) return 'quote';
  return /^\s*\|/.test(line) ? 'table' : 'text';
}

function renderBlock(lines) {
  const first = lines[0];
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(first);
  if (FENCE.test(first)) return renderCode(lines);
  if (heading) return el(`h${Math.min(heading[1].length, 4)}`, {}, ...inline(heading[2]));
  if (RULE.test(first)) return el('hr');
  switch (kindOf(first)) {
    case 'list': return renderList(lines);
    case 'quote': return el('blockquote', {}, ...inlineLines(lines.map((line) => line.replace(/^\s{0,3}>\s?/, ''))));
    case 'table': return lines.length > 1 && /^[\s|:-]+$/.test(lines[1]) ? renderTable(lines) : el('p', {}, ...inlineLines(lines));
    default: return el('p', {}, ...inlineLines(lines));
  }
}

function renderCode(lines) {
  const isClosed = lines.length > 1 && lines.at(-1).trim().startsWith(FENCE.exec(lines[0])[1]);
  const code = el('code', { textContent: lines.slice(1, isClosed ? -1 : undefined).join('\n') });
  const copy = iconButton('copy', 'Copy the code', () => copyText(code.textContent, copy));
  return el('div', { className: 'code' }, el('pre', { tabIndex: 0 }, code), copy);
}

/** Items by their indentation: what is further in than the item before is a list inside it, or more of its text. */
function renderList(lines) {
  const items = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item) items.push({ indent: item[1].length, isNumbered: /\d/.test(item[2]), start: parseInt(item[2], 10) || 1, lines: [item[3]] });
    else if (line.trim() !== '') items.at(-1).lines.push(line.trim());
  }
  let next = 0;
  const level = (indent) => {
    const list = el(items[next].isNumbered ? 'ol' : 'ul');
    if (items[next].isNumbered) list.start = items[next].start;
    while (next < items.length && items[next].indent >= indent) {
      const item = items[next];
      if (item.indent > indent + 1 && list.lastChild) {
        list.lastChild.append(level(item.indent));
      } else {
        next++;
        list.append(el('li', {}, ...inlineLines(item.lines)));
      }
    }
    return list;
  };
  // A first item further in than later ones would leave those out.
  return level(Math.min(...items.map((item) => item.indent)));
}

function renderTable(lines) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim());
  const row = (line, name) => el('tr', {}, ...cells(line).map((cell) => el(name, {}, ...inline(cell))));
  const table = el('table', {}, el('thead', {}, row(lines[0], 'th')), el('tbody', {}, ...lines.slice(2).map((line) => row(line, 'td'))));
  return el('div', { className: 'scroll', tabIndex: 0 }, table);
}

const inlineLines = (lines) => lines.flatMap((line, index) => (index === 0 ? inline(line) : [el('br'), ...inline(line)]));

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, match.index), inlineElement(match));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== '');
}

function inlineElement(match) {
  const [whole, ticks, code, label, address] = match;
  if (ticks) return el('code', { textContent: code.trim() || code });
  if (label) return link(address, label);
  if (whole.startsWith('http')) return link(whole, whole);
  const width = /^(\*\*|__|~~)/.test(whole) ? 2 : 1;
  return el(whole.startsWith('~~') ? 's' : width === 2 ? 'strong' : 'em', {}, ...inline(whole.slice(width, -width)));
}

const link = (href, text) => el('a', { href, textContent: text, target: '_blank', rel: 'noopener noreferrer nofollow' });
