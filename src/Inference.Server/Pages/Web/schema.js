// Schemas in words: a list of fields, each with what may be in it.
'use strict';

/** Follows references; `schemas` are the description's own. */
class Schemas {
  constructor(schemas) { this.schemas = schemas; }

  static nameOf(schema) { return schema?.$ref?.split('/').at(-1); }

  resolve(schema) {
    const name = Schemas.nameOf(schema);
    return name ? { ...this.schemas[name], ...(schema.description ? { description: schema.description } : {}) } : schema;
  }

  /** The one schema in an "or null". */
  core(schema) {
    const others = (schema.anyOf ?? []).filter((one) => one.type !== 'null');
    return others.length === 1 ? others[0] : schema;
  }

  typeOf(schema) {
    if (schema === true || Object.keys(schema).every((key) => key === 'description')) return 'anything';
    const core = this.core(schema);
    if (core.$ref) return this.typeOf(this.resolve(core));
    if (core.not) return 'not supported';
    if (core.enum) return core.enum.filter((value) => value !== null).map((value) => JSON.stringify(value)).join(', ');
    if ('const' in core) return JSON.stringify(core.const);
    const alternatives = core.anyOf ?? core.oneOf;
    if (alternatives) return [...new Set(alternatives.filter((one) => one.type !== 'null').map((one) => this.typeOf(one)))].join(' or ');
    const types = [core.type].flat().filter((type) => type && type !== 'null');
    if (types.length === 1 && types[0] === 'array') return core.items ? `array of ${this.typeOf(core.items)}` : 'array';
    return types.join(' or ') || 'anything';
  }

  /** The fields inside a field, through arrays and alternatives. */
  inside(schema) {
    const resolved = this.resolve(this.core(schema));
    if (resolved.properties) return resolved;
    if (resolved.items && resolved.items !== true) return this.inside(resolved.items);
    return (resolved.anyOf ?? []).map((one) => this.inside(one)).find((one) => one) ?? null;
  }

  /** A list of a schema's fields. What is inside fields opens when it is asked for. */
  list(schema) {
    const { properties = {}, required = [] } = this.resolve(schema);
    return el('ul', { className: 'fields' }, ...Object.entries(properties).map(([name, field]) => {
      const item = el('li', {}, el('span', { className: 'name', textContent: name }), el('span', { className: 'type', textContent: this.typeOf(field) }));
      if (required.includes(name)) item.append(el('span', { className: 'must', textContent: 'always' }));
      const description = this.resolve(field).description;
      if (description) item.append(el('p', {}, ...withCode(description)));
      const inside = this.inside(field);
      if (inside) item.append(this.fold('Fields inside', () => this.list(inside)));
      return item;
    }));
  }

  fold(title, content) {
    const details = el('details', {}, el('summary', { textContent: title }));
    details.addEventListener('toggle', () => details.append(content()), { once: true });
    return details;
  }
}

const withCode = (text) => text.split('`').map((part, index) => (index % 2 ? el('code', { textContent: part }) : part));
