/** What can stand in a {@link LinkedList}, in one at a time. The fields are the list's. */
export interface Linked<Item extends Linked<Item>> {
  /** Where it stands; null: nowhere. */
  list: LinkedList<Item> | null;
  previous: Item | null;
  next: Item | null;
}

/** A list whose items know their neighbours: they come and go without a search, and without an object for their place (ngx_queue.h). */
export class LinkedList<Item extends Linked<Item>> {
  first: Item | null = null;
  last: Item | null = null;
  length = 0;

  /** @param item stands nowhere */
  append(item: Item): void {
    item.list = this;
    item.previous = this.last;
    if (this.last === null) this.first = item;
    else this.last.next = item;
    this.last = item;
    this.length++;
  }

  /** @param item stands here */
  remove(item: Item): void {
    if (item.previous === null) this.first = item.next;
    else item.previous.next = item.next;
    if (item.next === null) this.last = item.previous;
    else item.next.previous = item.previous;
    item.list = item.previous = item.next = null;
    this.length--;
  }
}
