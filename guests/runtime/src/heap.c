/* The heap: blocks side by side, each with a header that knows its own size and that of the block before it, so that free
 * neighbours become one at once. Free blocks are in lists by size. Behind the last block is the top, memory never given out or
 * given back: pages of it that no block has reached are not touched, because each would cost a page of scratch memory.
 *
 * Headers say the same thing twice: a block's size is also in the header behind it. Whatever writes past a block's end is found
 * when the block, or the one behind it, is freed. */
#include "runtime.h"

#define UNIT 16UL
#define HEADER 16UL
#define LEAST_BLOCK 32UL /* a header and the links of a free block */

#define USED 1UL
#define MARK 0x10d6000000000000UL /* in the upper bits of a size */
#define MARK_BITS 0xffff000000000000UL
#define SIZE_BITS (~MARK_BITS & -UNIT)

typedef struct block {
    uint64_t head; /* the mark, the size with the header, whether it is used */
    uint64_t size_before;
    struct block *next, *previous; /* in its list, while it is free */
} block;

/* Lists of blocks of one size below 1,024, then four lists for each doubling. */
#define EXACT_LISTS 64
#define LISTS 128

static struct {
    uint64_t start, end;
    block *top;
    uint64_t untouched; /* from here on all bytes are still zero */
    uint64_t filled[LISTS / 64];
    block *lists[LISTS];
} heap;

static uint64_t size_of(const block *block) { return block->head & SIZE_BITS; }

static block *at_offset(const block *from, uint64_t offset) { return (block *)((uint64_t)from + offset); }

static block *after(const block *from) { return at_offset(from, size_of(from)); }

static block *before(const block *from) { return at_offset(from, -from->size_before); }

static void *contents(block *block) { return (uint8_t *)block + HEADER; }

static _Noreturn __attribute__((cold)) void corrupt(const void *where, const char *what)
{
    lodge_abort(LODGE_ERROR_HEAP, "The heap is corrupt at %p: %s.", where, what);
}

/* Both neighbours must agree with a block. */
static void check(const block *block)
{
    uint64_t at = (uint64_t)block, size = size_of(block);
    if ((block->head & MARK_BITS) != MARK || (block != heap.top && (size < LEAST_BLOCK || size > (uint64_t)heap.top - at)))
        corrupt(block, "the header was overwritten");

    if (block != heap.top && after(block)->size_before != size)
        corrupt(after(block), "the block before it was overrun");

    uint64_t size_before = block->size_before;
    if (size_before == 0 ? at != heap.start : size_before > at - heap.start || size_of(before(block)) != size_before)
        corrupt(block, "the header does not fit the block before it");
}

static void set(block *block, uint64_t size, uint64_t used)
{
    block->head = MARK | size | used;
    if (block != heap.top)
        after(block)->size_before = size;
}

static unsigned list_of(uint64_t size)
{
    if (size < EXACT_LISTS * UNIT)
        return (unsigned)(size / UNIT);

    unsigned doubling = 63 - (unsigned)__builtin_clzl(size), quarter = size >> (doubling - 2) & 3;
    unsigned list = EXACT_LISTS + (doubling - 10) * 4 + quarter;
    return list < LISTS ? list : LISTS - 1;
}

static void link(block *block)
{
    unsigned list = list_of(size_of(block));
    block->previous = NULL;
    block->next = heap.lists[list];
    if (block->next != NULL)
        block->next->previous = block;

    heap.lists[list] = block;
    heap.filled[list / 64] |= 1UL << list % 64;
}

/* Links are checked before they are followed: whoever writes to a block that he has freed overwrites them first. */
static bool is_link(const block *link)
{
    uint64_t at = (uint64_t)link;
    return link == NULL || (at % UNIT == 0 && at >= heap.start && at < (uint64_t)heap.top);
}

static void unlink(block *block)
{
    unsigned list = list_of(size_of(block));
    struct block *next = block->next, *previous = block->previous;
    if (!is_link(next) || !is_link(previous) || (previous == NULL ? heap.lists[list] : previous->next) != block
        || (next != NULL && next->previous != block))
        corrupt(block, "a free block was written to");

    if (next != NULL)
        next->previous = previous;

    if (previous != NULL) {
        previous->next = next;
        return;
    }

    heap.lists[list] = next;
    if (next == NULL)
        heap.filled[list / 64] &= ~(1UL << list % 64);
}

/* Gives a block back whose neighbours may be free too. */
static void release(block *block)
{
    uint64_t size = size_of(block);
    struct block *next = after(block);
    if (block->size_before != 0 && !(before(block)->head & USED)) {
        block = before(block);
        check(block);
        unlink(block);
        size += size_of(block);
    }

    if (next == heap.top) {
        heap.top = block;
        set(block, size + size_of(next), 0);
        return;
    }

    if (!(next->head & USED)) {
        check(next);
        unlink(next);
        size += size_of(next);
    }

    set(block, size, 0);
    link(block);
}

/* Makes a used block so large, and frees what is behind that. */
static void trim(block *block, uint64_t size)
{
    uint64_t rest = size_of(block) - size;
    if (rest < LEAST_BLOCK)
        return;

    struct block *behind = at_offset(block, size);
    behind->head = MARK | rest | USED;
    set(block, size, USED);
    set(behind, rest, USED);
    release(behind);
}

static unsigned next_filled(unsigned list)
{
    for (; list < LISTS; list = (list | 63) + 1) {
        uint64_t filled = heap.filled[list / 64] >> list % 64;
        if (filled != 0)
            return list + (unsigned)__builtin_ctzl(filled);
    }

    return LISTS;
}

/* A free block of at least a size, out of its list. Blocks in lists above the size's own are all large enough. */
static block *take_free(uint64_t size)
{
    unsigned list = list_of(size);
    block *found = heap.lists[list];
    while (found != NULL && size_of(found) < size)
        found = found->next;

    if (found == NULL) {
        list = next_filled(list + 1);
        if (list == LISTS)
            return NULL;

        found = heap.lists[list];
    }

    check(found);
    unlink(found);
    set(found, size_of(found), USED);
    return found;
}

/* The top moves up, by a header at least less than it has. */
static bool grow_into_top(block *last, uint64_t size)
{
    block *old = heap.top;
    uint64_t end = (uint64_t)last + size;
    if (heap.end - (uint64_t)last < HEADER || size > heap.end - HEADER - (uint64_t)last)
        return false;

    check(old);
    heap.top = (block *)end;
    if (end + HEADER > heap.untouched)
        heap.untouched = end + HEADER;

    set(heap.top, heap.end - end, 0);
    set(last, size, USED);
    return true;
}

static block *take(uint64_t size)
{
    block *found = take_free(size);
    if (found != NULL) {
        trim(found, size);
        return found;
    }

    found = heap.top;
    return found != NULL && grow_into_top(found, size) ? found : NULL;
}

/* The size of a block for so many bytes; 0 where no heap can have it. */
static uint64_t block_size(size_t size)
{
    if (size > SIZE_BITS - HEADER - UNIT)
        return 0;

    uint64_t whole = (size + HEADER + UNIT - 1) & -UNIT;
    return whole < LEAST_BLOCK ? LEAST_BLOCK : whole;
}

static block *used_block(void *pointer)
{
    uint64_t at = (uint64_t)pointer;
    if (at % UNIT != 0 || heap.top == NULL || at < heap.start + HEADER || at >= (uint64_t)heap.top)
        corrupt(pointer, "what was freed or resized is no block");

    block *block = at_offset(pointer, -HEADER);
    check(block);
    if (!(block->head & USED))
        corrupt(pointer, "the block was freed before");

    return block;
}

void heap_set_up(void *start, size_t size)
{
    uint64_t first = ((uint64_t)start + UNIT - 1) & -UNIT, end = ((uint64_t)start + size) & -UNIT;
    if (end < first || end - first < LEAST_BLOCK)
        return;

    heap.start = first;
    heap.end = end;
    heap.untouched = first + HEADER;
    heap.top = (block *)first;
    set(heap.top, end - first, 0);
}

void *malloc(size_t size)
{
    uint64_t whole = block_size(size);
    block *block = whole == 0 ? NULL : take(whole);
    return block == NULL ? NULL : contents(block);
}

void free(void *pointer)
{
    if (pointer != NULL)
        release(used_block(pointer));
}

void *calloc(size_t count, size_t size)
{
    size_t whole;
    uint64_t untouched = heap.untouched;
    if (__builtin_mul_overflow(count, size, &whole))
        return NULL;

    void *pointer = malloc(whole);
    if (pointer == NULL)
        return NULL;

    /* Memory that nobody has had is zero: clearing it would only make pages. */
    uint64_t at = (uint64_t)pointer;
    if (at < untouched)
        memset(pointer, 0, whole < untouched - at ? whole : untouched - at);

    return pointer;
}

/* Larger without moving, into a free neighbour or the top. */
static bool grow(block *block, uint64_t size)
{
    struct block *next = after(block);
    if (next == heap.top)
        return grow_into_top(block, size);

    if (next->head & USED || size_of(block) + size_of(next) < size)
        return false;

    check(next);
    unlink(next);
    set(block, size_of(block) + size_of(next), USED);
    trim(block, size);
    return true;
}

void *realloc(void *pointer, size_t size)
{
    if (pointer == NULL)
        return malloc(size);

    block *block = used_block(pointer);
    uint64_t whole = block_size(size), old = size_of(block);
    if (whole == 0)
        return NULL;

    if (whole <= old) {
        trim(block, whole);
        return pointer;
    }

    if (grow(block, whole))
        return pointer;

    void *moved = malloc(size);
    if (moved != NULL) {
        memcpy(moved, pointer, old - HEADER);
        release(block);
    }

    return moved;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0)
        return NULL;

    if (alignment <= UNIT)
        return malloc(size);

    /* What is in front of the aligned place becomes a free block, and so has at least such a block's size. */
    uint64_t whole = block_size(size), more;
    if (whole == 0 || __builtin_add_overflow(whole + LEAST_BLOCK, alignment, &more) || block_size(more) == 0)
        return NULL;

    block *block = take(more);
    if (block == NULL)
        return NULL;

    uint64_t at = (uint64_t)contents(block), gap = ((at + alignment - 1) & -alignment) - at;
    if (gap != 0) {
        if (gap < LEAST_BLOCK)
            gap += alignment;

        struct block *front = block;
        uint64_t rest = size_of(block) - gap;
        block = at_offset(front, gap);
        block->head = MARK | rest | USED;
        set(front, gap, USED);
        set(block, rest, USED);
        release(front);
    }

    trim(block, whole);
    return contents(block);
}

void *lodge_must_alloc(size_t size)
{
    void *pointer = malloc(size);
    if (pointer == NULL)
        lodge_abort(LODGE_ERROR_OUT_OF_MEMORY, "The heap has no room for %zu bytes.", size);

    return pointer;
}
