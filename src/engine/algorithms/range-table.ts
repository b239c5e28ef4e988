interface Range<Value> {
  start: number;
  end: number;
  value: Value;
}

/**
 * Values by inclusive ranges of numbers; a later range takes its part out of an earlier one around it
 * (ngx_http_geo_add_range). Ranges that overlap otherwise are refused when the configuration is read.
 */
export class RangeTable<Value> {
  /** Ascending, without overlap. */
  private ranges: Range<Value>[] = [];

  set(start: number, end: number, value: Value): void {
    const from = this.lowerBound(start);
    const pieces: Range<Value>[] = [{ start, end, value }];
    let count = 0;
    for (let index = from; index < this.ranges.length; index++) {
      const other = this.ranges[index]!;
      if (other.start > end) break;
      count++;
      if (other.start < start) pieces.unshift({ ...other, end: start - 1 });
      if (other.end > end) pieces.push({ ...other, start: end + 1 });
    }
    this.ranges.splice(from, count, ...pieces);
  }

  /** Removes exactly this range; false when it is not there. */
  delete(start: number, end: number): boolean {
    const index = this.lowerBound(start);
    const range = this.ranges[index];
    if (range === undefined || range.start !== start || range.end !== end) return false;
    this.ranges.splice(index, 1);
    return true;
  }

  find(place: number): Value | undefined {
    const range = this.ranges[this.lowerBound(place)];
    return range !== undefined && range.start <= place ? range.value : undefined;
  }

  /** Index of the first range that ends at or after `place`. */
  private lowerBound(place: number): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ranges[middle]!.end < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
