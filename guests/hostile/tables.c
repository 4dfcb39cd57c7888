/* Attacks by page tables. Those that return leave tables behind that a snapshot has to deal with. */
#include "hostile.h"

#define TABLE 0x023UL
#define PAGE 0x063UL
#define USER 0x004UL
#define LARGE 0x080UL
#define ENTRIES 512

/* An entry of the root that nothing else uses: addresses from 50 TiB on. */
#define SLOT 100

static volatile uint64_t *root(void) { return window(read_cr3() & 0x000ffffffffff000UL); }

static uint64_t table_of(uint64_t entry, unsigned count)
{
    uint64_t page = take_page();
    volatile uint64_t *entries = window(page);
    for (unsigned i = 0; i < count; i++)
        entries[i] = entry;

    return page;
}

/* An entry of any kind at a level, 4 to 1, so many times. */
static int32_t entry_at(int32_t level, uint64_t entry, uint32_t count)
{
    if (level == 4) {
        for (uint32_t i = 0; i < count && i < 100; i++)
            root()[SLOT + i] = entry;

        return 1;
    }

    uint64_t table = table_of(entry, count);
    for (int above = level + 1; above < 4; above++)
        table = table_of(table | TABLE, 1);

    root()[SLOT] = table | TABLE;
    return 1;
}
LODGE_EXPORT(EntryAt, entry_at, int32_t, int32_t, uint64_t, uint32_t)

static int32_t table_loops(void)
{
    uint64_t table = table_of(0, 0);
    volatile uint64_t *entries = window(table);
    for (unsigned i = 0; i < ENTRIES; i++)
        entries[i] = table | TABLE;

    root()[SLOT] = table | TABLE;
    return 1;
}
LODGE_EXPORT(TableLoops, table_loops, int32_t)

static int32_t root_in_itself(void)
{
    root()[SLOT] = read_cr3() | TABLE;
    return 1;
}
LODGE_EXPORT(RootInItself, root_in_itself, int32_t)

static int32_t tables_alias(uint32_t count)
{
    for (uint32_t i = 0; i < count && i < 100; i++)
        root()[SLOT + i] = root()[0];

    return 1;
}
LODGE_EXPORT(TablesAlias, tables_alias, int32_t, uint32_t)

/* Each level has so many entries for the one below, and that again; at the end one page. */
static int32_t tables_fan(uint32_t count, uint64_t leaf_bits)
{
    uint64_t page = take_page();
    uint64_t table = table_of(page | PAGE | leaf_bits, count);
    table = table_of(table | TABLE, count);
    table = table_of(table | TABLE, count);
    for (uint32_t i = 0; i < count && i < 100; i++)
        root()[SLOT + i] = table | TABLE;

    return 1;
}
LODGE_EXPORT(TablesFan, tables_fan, int32_t, uint32_t, uint64_t)

/* Pages of 2 MiB that all are the same zeros of scratch, in so many tables. */
static int32_t large_zeros(uint64_t physical, uint32_t tables)
{
    uint64_t table = table_of(physical | PAGE | LARGE, ENTRIES);
    root()[SLOT] = table_of(table | TABLE, tables) | TABLE;
    return 1;
}
LODGE_EXPORT(LargeZeros, large_zeros, int32_t, uint64_t, uint32_t)

static int32_t user_pages(void)
{
    uint64_t page = take_page();
    *(volatile uint64_t *)window(page) = 42;
    uint64_t table = table_of(page | PAGE | USER, 1);
    table = table_of(table | TABLE | USER, 1);
    table = table_of(table | TABLE | USER, 1);
    root()[SLOT] = table | TABLE | USER;
    return *(volatile int32_t *)((uint64_t)SLOT << 39);
}
LODGE_EXPORT(UserPages, user_pages, int32_t)

/* All that is mapped becomes the user's, too. */
static int32_t everything_user(void)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        if (root()[i] & 1)
            root()[i] |= USER;
    }

    write_cr3(read_cr3());
    return 1;
}
LODGE_EXPORT(EverythingUser, everything_user, int32_t)

static void clear_bits(uint64_t table, int level, uint64_t bits)
{
    volatile uint64_t *entries = window(table);
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint64_t entry = entries[i];
        if (!(entry & 1))
            continue;

        entries[i] = entry & ~bits;
        if (level > 1 && !(entry & LARGE))
            clear_bits(entry & 0x000ffffffffff000UL, level - 1, bits);
    }
}

/* Clears bits in every entry there is: accessed and dirty, so that the processor writes to the tables. */
static int32_t clear_everywhere(uint64_t bits)
{
    clear_bits(read_cr3() & 0x000ffffffffff000UL, 4, bits);
    write_cr3(read_cr3());
    return 1;
}
LODGE_EXPORT(ClearEverywhere, clear_everywhere, int32_t, uint64_t)

/* Goes on with a copy of the root. */
static int32_t move_root(void)
{
    uint64_t page = take_page();
    memcpy(window(page), (const void *)root(), PAGE_SIZE);
    write_cr3(page);
    return 1;
}
LODGE_EXPORT(MoveRoot, move_root, int32_t)

/* And with the old one empty, and the word that says where free pages are before it. */
static int32_t move_root_and_reuse(void)
{
    uint64_t old = read_cr3();
    move_root();
    memset(window(old), 0, PAGE_SIZE);
    return 1;
}
LODGE_EXPORT(MoveRootAndReuse, move_root_and_reuse, int32_t)

static void root_elsewhere(uint64_t address) { write_cr3(address); }
LODGE_EXPORT(RootElsewhere, root_elsewhere, void, uint64_t)

/* Takes an entry of the root away. */
static void forget_slot(uint32_t slot)
{
    root()[slot] = 0;
    write_cr3(read_cr3());
}
LODGE_EXPORT(ForgetSlot, forget_slot, void, uint32_t)

/* Returns, and only then the entry is missing: for what the host does next. */
static void answer_and_forget_slot(uint32_t slot)
{
    answer(1);
    root()[slot] = 0;
    done();
}
LODGE_EXPORT(AnswerAndForgetSlot, answer_and_forget_slot, void, uint32_t)

/* Answers honestly with a root that is none. */
static void answer_with_root(uint64_t address)
{
    answer(1);
    /* What comes next is in the translation cache, or faults. */
    __asm__ volatile("mov %0, %%cr3\n\toutl %%eax, %%dx\n\tcli\n\thlt" : : "r"(address), "a"(0), "d"(PORT_HALT) : "memory");
}
LODGE_EXPORT(AnswerWithRoot, answer_with_root, void, uint64_t)

/* Maps a page of the guest's own code writable, and writes. */
static void write_code(uint64_t physical)
{
    uint64_t table = table_of(physical | PAGE, 1);
    table = table_of(table | TABLE, 1);
    table = table_of(table | TABLE, 1);
    root()[SLOT] = table | TABLE;
    *(volatile uint64_t *)((uint64_t)SLOT << 39) = 0x0b0f0b0f0b0f0b0fUL;
}
LODGE_EXPORT(WriteCode, write_code, void, uint64_t)

/* Tables in the image, which nobody can write, without the accessed bits that the processor would set there. */
static const uint64_t image_pages[ENTRIES] __attribute__((aligned(4096))) = {0x4001};
static const char *const image_low[ENTRIES] __attribute__((aligned(4096))) = {(const char *)image_pages + 1};
static const char *const image_high[ENTRIES] __attribute__((aligned(4096))) = {(const char *)image_low + 1};

static uint64_t tables_in_image(void)
{
    root()[SLOT] = ((uint64_t)image_high) | TABLE;
    return *(volatile uint64_t *)((uint64_t)SLOT << 39);
}
LODGE_EXPORT(TablesInImage, tables_in_image, uint64_t)

/* An instruction that begins on one page and ends on one page or on another, in turn: the first is of the image and the others of
 * scratch, or the other way round. */
static int32_t cross_pages(uint32_t count, bool ends_in_image)
{
    static const uint8_t first_of_image[PAGE_SIZE] __attribute__((aligned(4096))) = {[PAGE_SIZE - 1] = 0xb8};
    static const uint8_t last_of_image[2][PAGE_SIZE] __attribute__((aligned(4096))) = {{[4] = 0xc3}, {[4] = 0xc3}};
    const uint64_t address = (uint64_t)SLOT << 39;
    uint64_t first = take_page(), last[2];
    ((volatile uint8_t *)window(first))[PAGE_SIZE - 1] = 0xb8;
    for (int i = 0; i < 2; i++) {
        last[i] = take_page();
        ((volatile uint8_t *)window(last[i]))[4] = 0xc3;
        if (ends_in_image)
            last[i] = (uint64_t)last_of_image[i];
    }

    uint64_t leaf = table_of(0, 0);
    volatile uint64_t *entries = window(leaf);
    entries[0] = (ends_in_image ? first : (uint64_t)first_of_image) | PAGE;
    root()[SLOT] = table_of(table_of(leaf | TABLE, 1) | TABLE, 1) | TABLE;
    for (uint32_t i = 0; i < count; i++) {
        entries[1] = last[i & 1] | PAGE;
        __asm__ volatile("invlpg (%0)" : : "r"(address + PAGE_SIZE) : "memory");
        ((int (*)(void))(address + PAGE_SIZE - 1))();
    }

    return 1;
}
LODGE_EXPORT(CrossPages, cross_pages, int32_t, uint32_t, bool)
