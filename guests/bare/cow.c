/* Page tables of its own, with copy-on-write and memory that appears when it is used. First: pages of each kind, 4 to 64;
 * second: rounds. Faults are handled on a stack of their own. The result has the contents and the faults; accessed and dirty
 * bits are checked on the way. On the host a model of the page tables is used instead of them. */
#include "bare.h"

#define PAGE 4096UL
#define MOST 64
#define WINDOW 0x40000000UL

static uint8_t source[MOST][PAGE] __attribute__((aligned(4096)));
/* Changed behind the back of the code that faults. */
static volatile uint64_t fault_count, fault_pages, fault_codes;
static uint64_t pages;
static uint64_t failure;

static void count_fault(uint64_t address, uint64_t code)
{
    fault_count++;
    fault_pages += address / PAGE;
    fault_codes += code;
}

#ifdef BARE_NATIVE

static uint8_t frames[2 * MOST][PAGE];
static int state[2 * MOST];

static void set_up(void) {}

static void begin_round(void)
{
    for (uint64_t page = 0; page < 2 * pages; page++) {
        state[page] = page < pages;
        for (uint64_t i = 0; i < PAGE; i++)
            frames[page][i] = page < pages ? source[page][i] : 0;
    }
}

static uint8_t *touch(uint64_t address, int write)
{
    uint64_t page = (address - WINDOW) / PAGE;
    if (state[page] < 1 + write) {
        count_fault(address, (state[page] != 0) | write << 1);
        state[page] = 1 + write;
    }

    return &frames[page][address % PAGE];
}

static uint64_t load(uint64_t address)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)*touch(address + (uint64_t)i, 0) << (8 * i);
    return value;
}

static void store(uint64_t address, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        *touch(address + (uint64_t)i, 1) = (uint8_t)(value >> (8 * i));
}

static void copy(uint64_t to, uint64_t from, uint64_t size)
{
    for (; size != 0; size--)
        *touch(to++, 1) = *touch(from++, 0);
}

static void push(uint64_t top, uint64_t value) { store(top - 8, value); }

static uint64_t exchange_add(uint64_t address, uint64_t value)
{
    uint64_t old = load(address);
    store(address, old + value);
    return old;
}

static void expect_bits(uint64_t address, int accessed, int dirty) { (void)address, (void)accessed, (void)dirty; }

#else

#define PRESENT 1UL
#define WRITABLE 2UL
#define ACCESSED 32UL
#define DIRTY 64UL
#define LARGE 128UL
#define ADDRESS 0x000ffffffffff000UL

static uint8_t frames[2 * MOST][PAGE] __attribute__((aligned(4096)));
static uint8_t zeros[PAGE] __attribute__((aligned(4096)));
static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t level3[512] __attribute__((aligned(4096)));
static uint64_t level2[512] __attribute__((aligned(4096)));
static uint64_t window2[512] __attribute__((aligned(4096)));
static uint64_t window1[512] __attribute__((aligned(4096)));
static uint64_t fault_stack[512] __attribute__((aligned(16)));
static uint64_t next_frame;

static struct {
    uint32_t reserved;
    uint64_t stacks[3];
    uint64_t reserved2;
    uint64_t interrupt_stacks[7];
    uint64_t reserved3;
    uint16_t reserved4;
    uint16_t permissions;
} __attribute__((packed)) task_state;

static uint64_t descriptors[5];

extern void fault_entry(void);

__asm__(
    ".pushsection .text.fault_entry, \"ax\"\n"
    ".globl fault_entry\n"
    "fault_entry:\n"
    "    push %rax\n    push %rcx\n    push %rdx\n    push %rsi\n    push %rdi\n"
    "    push %r8\n    push %r9\n    push %r10\n    push %r11\n"
    "    mov 72(%rsp), %rdi\n"
    "    mov %cr2, %rsi\n"
    "    mov %rsp, %rdx\n"
    "    call fault\n"
    "    pop %r11\n    pop %r10\n    pop %r9\n    pop %r8\n"
    "    pop %rdi\n    pop %rsi\n    pop %rdx\n    pop %rcx\n    pop %rax\n"
    "    add $8, %rsp\n"
    "    iretq\n"
    ".popsection\n");

static uint64_t *entry_of(uint64_t address) { return &window1[(address - WINDOW) / PAGE]; }

static void forget(uint64_t address) { __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory"); }

static void give_up(uint64_t step)
{
    /* Nothing can go on behind a fault that is not repaired. */
    uint64_t result = BARE_FAILED(step);
    bare_out32(0x500, (uint32_t)result);
    bare_out32(0x504, (uint32_t)(result >> 32));
    for (;;)
        __asm__ volatile("cli\n\thlt");
}

/* The stub calls it by name. */
void fault(uint64_t code, uint64_t address, uint64_t stack);

void fault(uint64_t code, uint64_t address, uint64_t stack)
{
    count_fault(address, code);
    uint64_t page = (address - WINDOW) / PAGE;
    if (address < WINDOW || page >= 2 * pages || (code & ~3UL) != 0)
        give_up(20);

    if (stack < (uint64_t)fault_stack || stack >= (uint64_t)(fault_stack + 512))
        give_up(21);

    uint64_t *entry = entry_of(address);
    if ((code & PRESENT) != (*entry & PRESENT) || ((code & PRESENT) && (*entry & WRITABLE)))
        give_up(22);

    if ((code & WRITABLE) == 0) {
        *entry = (uint64_t)zeros | PRESENT;
    } else {
        uint8_t *frame = frames[next_frame++];
        const uint8_t *from = (code & PRESENT) ? (const uint8_t *)(*entry & ADDRESS) : zeros;
        void *to = frame;
        uint64_t words = PAGE / 8;
        __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
        *entry = (uint64_t)frame | PRESENT | WRITABLE;
    }

    forget(address);
}

static void set_up(void)
{
    /* As in the host's descriptor table: code, data; and a task state with the stack for faults. */
    uint64_t base = (uint64_t)&task_state;
    uint64_t limit = sizeof(task_state) - 1;
    descriptors[0] = 0;
    descriptors[1] = 0x00af9b000000ffffUL;
    descriptors[2] = 0x00cf93000000ffffUL;
    descriptors[3] = limit | (base & 0xffffff) << 16 | 0x89UL << 40 | (base >> 24 & 0xff) << 56;
    descriptors[4] = base >> 32;
    for (size_t i = 0; i < sizeof(task_state); i++)
        ((uint8_t *)&task_state)[i] = 0;

    task_state.interrupt_stacks[0] = (uint64_t)(fault_stack + 512);
    task_state.permissions = sizeof(task_state);
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof(descriptors) - 1, (uint64_t)descriptors};
    __asm__ volatile("lgdt %0\n\tltr %w1" : : "m"(pointer), "r"(0x18) : "memory");
    bare_set_gate(14, fault_entry, 1, 0);

    for (int i = 0; i < 512; i++)
        root[i] = level3[i] = level2[i] = window2[i] = window1[i] = 0;

    for (uint64_t i = 0; i < PAGE; i++)
        zeros[i] = 0;

    root[0] = (uint64_t)level3 | PRESENT | WRITABLE;
    level3[0] = (uint64_t)level2 | PRESENT | WRITABLE;
    for (uint64_t i = 0; i < 8; i++)
        level2[i] = i << 21 | PRESENT | WRITABLE | LARGE;

    level3[1] = (uint64_t)window2 | PRESENT | WRITABLE;
    window2[0] = (uint64_t)window1 | PRESENT | WRITABLE;
    __asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
}

static void begin_round(void)
{
    next_frame = 0;
    for (uint64_t page = 0; page < 2 * pages; page++) {
        window1[page] = page < pages ? (uint64_t)source[page] | PRESENT : 0;
        forget(WINDOW + page * PAGE);
    }
}

static uint64_t load(uint64_t address) { return *(volatile uint64_t *)address; }

static void store(uint64_t address, uint64_t value) { *(volatile uint64_t *)address = value; }

static void copy(uint64_t to, uint64_t from, uint64_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

/* Pushes onto a stack that is not there yet. */
static void push(uint64_t top, uint64_t value)
{
    uint64_t popped, saved;
    __asm__ volatile(
        "mov %%rsp, %1\n\tmov %2, %%rsp\n\tpush %3\n\tmov (%%rsp), %0\n\tmov %1, %%rsp"
        : "=&r"(popped), "=&r"(saved)
        : "r"(top), "r"(value)
        : "memory");
    if (popped != value)
        failure = 30;
}

static uint64_t exchange_add(uint64_t address, uint64_t value)
{
    __asm__ volatile("lock xadd %0, (%1)" : "+r"(value) : "r"(address) : "memory", "cc");
    return value;
}

static void expect_bits(uint64_t address, int accessed, int dirty)
{
    uint64_t entry = *(volatile uint64_t *)entry_of(address);
    if (((entry & ACCESSED) != 0) != accessed || ((entry & DIRTY) != 0) != dirty)
        failure = 31;
}

#endif

static uint64_t window_page(uint64_t page) { return WINDOW + page * PAGE; }

static uint64_t round_of(uint64_t result, uint64_t *random)
{
    begin_round();

    /* Reading what is there faults nowhere, and leaves a trace. */
    uint64_t faults_before = fault_count;
    for (uint64_t page = 0; page < pages; page++) {
        expect_bits(window_page(page), 0, 0);
        result = bare_mix(result, load(window_page(page) + 8 * (page % 500)));
        expect_bits(window_page(page), 1, 0);
    }

    if (fault_count != faults_before)
        return BARE_FAILED(2);

    /* The first write copies. */
    for (uint64_t page = 0; page < pages; page += 2) {
        uint64_t address = window_page(page) + bare_random(random) % 500 * 8;
        store(address, page);
        expect_bits(address, 1, 1);
        store(address + 8, ~page);
    }

    if (fault_count != faults_before + (pages + 1) / 2)
        return BARE_FAILED(3);

    /* A write to two pages of which neither may be written yet, and to one that may and one that may not. */
    store(window_page(1) - 4, 0x1122334455667788);
    store(window_page(pages + 1) - 3, 0x99aabbccddeeff00);

    /* Memory that appears: by reading, as the zeros that all share; by writing; by one after the other. */
    uint64_t zero = load(window_page(pages + 2) + 16);
    if (zero != 0)
        return BARE_FAILED(4);

    expect_bits(window_page(pages + 2), 1, 0);
    store(window_page(pages + 2) + 24, 7);
    expect_bits(window_page(pages + 2), 1, 1);
    push(window_page(pages + 4), 0xfeed);

    /* A copy that faults in the middle, several times. */
    copy(window_page(pages + 1) + 100, window_page(0) + 50, 3 * PAGE - 200);
    result = bare_mix(result, exchange_add(window_page(3) + 128, 5));
    result = bare_mix(result, load(window_page(3) + 128));

    for (uint64_t page = 0; page < 2 * pages; page++) {
        for (uint64_t at = 0; at < PAGE; at += 8 * 16)
            result = bare_mix(result, load(window_page(page) + at));
    }

    result = bare_mix(bare_mix(bare_mix(result, fault_count), fault_pages), fault_codes);

    /* Nobody has written to what was shared. */
    for (uint64_t page = 0; page < pages; page++) {
        for (uint64_t at = 0; at < PAGE; at += 256)
            result = bare_mix(result, source[page][at]);
    }

    return failure != 0 ? BARE_FAILED(failure) : result;
}

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    (void)third;
    if (first < 4 || first > MOST)
        return BARE_FAILED(1);

    pages = first;
    fault_count = fault_pages = fault_codes = failure = 0;
    uint64_t random = 0x3f84d5b5b5470917ULL;
    for (uint64_t page = 0; page < pages; page++) {
        for (uint64_t i = 0; i < PAGE; i += 8) {
            uint64_t value = (page << 32 | i) * 0x9e3779b97f4a7c15ULL;
            for (int k = 0; k < 8; k++)
                source[page][i + (uint64_t)k] = (uint8_t)(value >> (8 * k));
        }
    }

    set_up();
    uint64_t result = 0;
    for (uint64_t round = 0; round < second && result >> 8 != BARE_FAILED(0) >> 8; round++)
        result = round_of(result, &random);

    return result;
}
