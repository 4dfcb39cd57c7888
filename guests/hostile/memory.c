/* Attacks on memory: where there is none, and until there is no more. */
#include "hostile.h"

#define PLACE 0x500000000000UL

/* Reads a physical address through a mapping of its own. */
static uint64_t read_physical(uint64_t address)
{
    map_page(PLACE, address & -PAGE_SIZE, 0);
    return *(volatile uint64_t *)(PLACE + (address & (PAGE_SIZE - 8)));
}
LODGE_EXPORT(ReadPhysical, read_physical, uint64_t, uint64_t)

static void write_physical(uint64_t address, uint64_t value)
{
    map_page(PLACE, address & -PAGE_SIZE, MAP_WRITABLE);
    *(volatile uint64_t *)(PLACE + (address & (PAGE_SIZE - 8))) = value;
}
LODGE_EXPORT(WritePhysical, write_physical, void, uint64_t, uint64_t)

static void locked_write_physical(uint64_t address)
{
    map_page(PLACE, address & -PAGE_SIZE, MAP_WRITABLE);
    __asm__ volatile("lock addq $1, %0" : "+m"(*(volatile uint64_t *)(PLACE + (address & (PAGE_SIZE - 8)))));
}
LODGE_EXPORT(LockedWritePhysical, locked_write_physical, void, uint64_t)

/* Executes what is at a physical address. */
static void execute_physical(uint64_t address)
{
    map_page(PLACE, address & -PAGE_SIZE, MAP_EXECUTABLE);
    ((void (*)(void))(PLACE + (address & (PAGE_SIZE - 1))))();
}
LODGE_EXPORT(ExecutePhysical, execute_physical, void, uint64_t)

/* A write of which one half has memory and the other has none. */
static void write_across(uint64_t address)
{
    map_page(PLACE, take_page(), MAP_WRITABLE);
    map_page(PLACE + PAGE_SIZE, address, MAP_WRITABLE);
    *(volatile uint64_t *)(PLACE + PAGE_SIZE - 3) = ~0UL;
}
LODGE_EXPORT(WriteAcross, write_across, void, uint64_t)

static uint64_t read_virtual(uint64_t address) { return *(volatile uint64_t *)address; }
LODGE_EXPORT(ReadVirtual, read_virtual, uint64_t, uint64_t)

static void write_virtual(uint64_t address, uint64_t value) { *(volatile uint64_t *)address = value; }
LODGE_EXPORT(WriteVirtual, write_virtual, void, uint64_t, uint64_t)

static void execute_virtual(uint64_t address) { ((void (*)(void))address)(); }
LODGE_EXPORT(ExecuteVirtual, execute_virtual, void, uint64_t)

/* A word of the bookkeeping, by its distance from the end. */
static int32_t bookkeeping(uint64_t distance, uint64_t value)
{
    *(volatile uint64_t *)(SCRATCH_END - distance) = value;
    return 1;
}
LODGE_EXPORT(Bookkeeping, bookkeeping, int32_t, uint64_t, uint64_t)

static void take_all_scratch(void)
{
    for (;;)
        take_page();
}
LODGE_EXPORT(TakeAllScratch, take_all_scratch, void)

/* Writes to all of scratch memory but the buffers and the words: tables and all. */
static void overwrite_scratch(uint64_t value)
{
    volatile uint64_t *at = (volatile uint64_t *)(SCRATCH_END - *(volatile uint64_t *)SCRATCH_SIZE_WORD);
    for (; at < (volatile uint64_t *)SCRATCH_END; at++)
        *at = value;
}
LODGE_EXPORT(OverwriteScratch, overwrite_scratch, void, uint64_t)

static int32_t descend(int32_t depth)
{
    volatile uint8_t room[1024];
    room[0] = (uint8_t)depth;
    return depth == 0 ? 0 : descend(depth - 1) + (room[0] == (uint8_t)depth);
}

/* As deep as asked for; negative: without an end. */
static int32_t recurse(int32_t depth) { return descend(depth); }
LODGE_EXPORT(Recurse, recurse, int32_t, int32_t)

/* An honest answer, but with another stack pointer than that of the call. */
static void other_stack(uint64_t pointer)
{
    answer(1);
    __asm__ volatile("mov %0, %%rsp\n\tmov $108, %%edx\n\toutl %%eax, %%dx\n\tcli\n\thlt" : : "r"(pointer) : "memory");
    __builtin_unreachable();
}
LODGE_EXPORT(OtherStack, other_stack, void, uint64_t)

/* Copies bytes to a page of their own and executes them. */
static int32_t execute(lodge_bytes code)
{
    uint64_t page = take_page();
    memcpy(window(page), code.data, code.size < PAGE_SIZE ? code.size : PAGE_SIZE);
    map_page(PLACE, page, MAP_EXECUTABLE | MAP_WRITABLE);
    uint64_t target = PLACE;
    __asm__ volatile("push %%rbx\n\tpush %%rbp\n\tpush %%r12\n\tpush %%r13\n\tpush %%r14\n\tpush %%r15\n\tcall *%0\n\t"
                     "pop %%r15\n\tpop %%r14\n\tpop %%r13\n\tpop %%r12\n\tpop %%rbp\n\tpop %%rbx"
                     : "+a"(target)
                     :
                     : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
    return 1;
}
LODGE_EXPORT(Execute, execute, int32_t, lodge_bytes)

/* Code that changes itself in front of where it is, for as long as it is let. */
static void change_code(void)
{
    uint64_t page = take_page();
    static const uint8_t code[] = {0xb8, 0, 0, 0, 0, 0xc3};
    map_page(PLACE, page, MAP_EXECUTABLE);
    volatile uint8_t *at = window(page);
    for (size_t i = 0; i < sizeof(code); i++)
        at[i] = code[i];

    for (;;) {
        at[1]++;
        ((int (*)(void))PLACE)();
    }
}
LODGE_EXPORT(ChangeCode, change_code, void)

/* Heap pages whose hashes are equal where the host takes words by exclusive or, a product and a rotation. They differ in their
 * last words only. */
static uint64_t next_hash(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15UL;
    return hash << 29 | hash >> 35;
}

static int32_t equal_hashes(uint32_t count)
{
    const size_t words = PAGE_SIZE / sizeof(uint64_t);
    uint64_t *page = aligned_alloc(PAGE_SIZE, count * PAGE_SIZE), hash = 0xcbf29ce484222325UL;
    if (page == NULL)
        return 0;

    for (size_t i = 0; i < words - 2; i++)
        hash = next_hash(hash, 0);

    for (uint32_t i = 0; i < count; i++, page += words) {
        page[words - 2] = i + 1;
        page[words - 1] = next_hash(hash, i + 1);
    }

    return 1;
}
LODGE_EXPORT(EqualHashes, equal_hashes, int32_t, uint32_t)

static int32_t divide(int32_t a, int32_t b) { return a / b; }
LODGE_EXPORT(Divide, divide, int32_t, int32_t, int32_t)

static int32_t add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
LODGE_EXPORT(Add, add, int32_t, int32_t, int32_t)
