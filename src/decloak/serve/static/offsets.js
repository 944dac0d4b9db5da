/* Offsets: decloak counts code points, JavaScript UTF-16 units. A lone surrogate is one of each. */
export class Offsets {
  constructor(text) {
    this.wide = []; // code point offsets of the characters that take two units, ascending
    let point = 0;
    for (let unit = 0; unit < text.length; point++) {
      const wide = text.codePointAt(unit) > 0xffff;
      if (wide) this.wide.push(point);
      unit += wide ? 2 : 1;
    }
    this.points = point;
  }
  /** The unit at which a code point begins. */
  unit(point) {
    return point + Offsets.below(this.wide, point);
  }
  /** The code point that a unit belongs to. */
  point(unit) {
    let low = 0, high = this.points;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.unit(middle) <= unit) low = middle; else high = middle - 1;
    }
    return low;
  }
  /** How many of an ascending list are smaller. */
  static below(list, value) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] < value) low = middle + 1; else high = middle;
    }
    return low;
  }
}
