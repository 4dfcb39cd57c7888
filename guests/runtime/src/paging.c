/* Page tables: memory that appears when it is used, and pages that are copied when they are written.
 *
 * The fault handler runs on the exception stack. It writes to scratch memory alone: a write to static data, to the heap or to
 * the main stack could fault again, and the second fault would overwrite the first one's frame. */
#include "runtime.h"

#define PRESENT 0x001UL
#define WRITABLE 0x002UL
#define ACCESSED 0x020UL
#define DIRTY 0x040UL
#define LARGE 0x080UL
#define SOFTWARE_BITS 0xe00UL
#define COPY_ON_WRITE 0x200UL
#define NO_EXECUTE (1UL << 63)
#define ENTRY_ADDRESS 0x000ffffffffff000UL

/* Both are set from the start, so that the processor never writes to tables. */
#define TABLE_BITS (ACCESSED | WRITABLE | PRESENT)
#define LEAF_BITS (DIRTY | ACCESSED | PRESENT)

#define FAULT_PRESENT 1UL
#define FAULT_WRITE 2UL

#define TOP_LEVEL_SHIFT 39
#define LEAF_SHIFT 12

void *window(uint64_t physical) { return (void *)(physical + (SCRATCH_END - SCRATCH_END_PHYSICAL)); }

static void clear_page(void *page)
{
    uint64_t words = PAGE_SIZE / 8;
    __asm__ volatile("rep stosq" : "+D"(page), "+c"(words) : "a"(0UL) : "memory");
}

static void copy_page(void *to, const void *from)
{
    uint64_t words = PAGE_SIZE / 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

static void forget(uint64_t address) { __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory"); }

static _Noreturn __attribute__((cold)) void out_of_scratch(void)
{
    lodge_abort(LODGE_ERROR_OUT_OF_MEMORY, "Scratch memory is used up: all of its %zu bytes are taken.",
                *(volatile size_t *)SCRATCH_SIZE_WORD);
}

/* A page with whatever is in it. */
static uint64_t take_raw_page(void)
{
    uint64_t page = PAGE_SIZE;
    __asm__ volatile("lock xaddq %0, %1" : "+r"(page), "+m"(*(volatile uint64_t *)NEXT_FREE_WORD) : : "memory", "cc");
    if (page > SCRATCH_END_PHYSICAL - 3 * PAGE_SIZE)
        out_of_scratch();

    return page;
}

uint64_t take_page(void)
{
    uint64_t page = take_raw_page();
    clear_page(window(page));
    return page;
}

static uint64_t *root(void)
{
    uint64_t cr3;
    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    return window(cr3 & ENTRY_ADDRESS);
}

/* The entry of an address in the last level's table; NULL where there is none and none shall be made, or a larger page. */
static volatile uint64_t *leaf_of(uint64_t address, bool make)
{
    volatile uint64_t *table = root();
    for (int shift = TOP_LEVEL_SHIFT; shift > LEAF_SHIFT; shift -= 9) {
        volatile uint64_t *entry = &table[address >> shift & 511];
        if (!(*entry & PRESENT)) {
            if (!make)
                return NULL;

            *entry = take_page() | TABLE_BITS;
        } else if (*entry & LARGE) {
            return NULL;
        }

        table = window(*entry & ENTRY_ADDRESS);
    }

    return &table[address >> LEAF_SHIFT & 511];
}

void map_page(uint64_t address, uint64_t physical, unsigned rights)
{
    volatile uint64_t *leaf = leaf_of(address, true);
    if (leaf == NULL || *leaf & PRESENT)
        lodge_abort(LODGE_ERROR_GUEST, "There is a page at 0x%lx already.", address);

    *leaf = physical | LEAF_BITS | (rights & MAP_WRITABLE ? WRITABLE : 0) | (rights & MAP_EXECUTABLE ? 0 : NO_EXECUTE);
}

void lodge_map(const void *address, uint64_t physical, size_t size, bool executable)
{
    uint64_t start = (uint64_t)address, end;
    if (((start | physical | size) & (PAGE_SIZE - 1)) != 0 || __builtin_add_overflow(start, size, &end)
        || physical > ENTRY_ADDRESS || size > ENTRY_ADDRESS - physical)
        lodge_abort(LODGE_ERROR_GUEST, "0x%zx bytes at 0x%lx cannot be mapped at 0x%lx.", size, physical, start);

    for (size_t done = 0; done < size; done += PAGE_SIZE)
        map_page(start + done, physical + done, executable ? MAP_EXECUTABLE : 0);
}

static bool is_stack(uint64_t address) { return address >= MAIN_STACK_LIMIT && address < MAIN_STACK_TOP; }

static bool repair_write(uint64_t address)
{
    volatile uint64_t *leaf = leaf_of(address, false);
    if (leaf == NULL || !(*leaf & PRESENT) || (*leaf & (SOFTWARE_BITS | WRITABLE)) != COPY_ON_WRITE)
        return false;

    uint64_t page = take_raw_page();
    copy_page(window(page), (const void *)(address & -PAGE_SIZE));
    *leaf = page | LEAF_BITS | WRITABLE | (*leaf & NO_EXECUTE);
    forget(address);
    return true;
}

void page_fault(const exception_frame *frame, uint64_t address)
{
    /* A handler never needs repair: its frame is lost, and it could fault again and again. Reserved bits, user mode and fetches
     * are nobody's way to get memory. */
    if (is_nested_fault(frame)) {
        exception(frame, 14, address);
    } else if (frame->error == FAULT_WRITE || frame->error == 0) {
        if (is_stack(address)) {
            map_page(address & -PAGE_SIZE, take_page(), MAP_WRITABLE);
            return;
        }
    } else if (frame->error == (FAULT_PRESENT | FAULT_WRITE) && repair_write(address)) {
        return;
    }

    exception(frame, 14, address);
}
