/* The descriptor tables: flat segments, a stack for exceptions, and a gate for every vector. All exceptions use the exception
 * stack, because the main stack may not be there yet. It runs before anything can fault, see entry.S. */
#include "runtime.h"

typedef struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
} gate;

typedef struct __attribute__((packed)) task_state {
    uint32_t reserved;
    uint64_t stacks[3];
    uint64_t reserved2;
    uint64_t interrupt_stacks[7];
    uint64_t reserved3;
    uint16_t reserved4;
    uint16_t permissions;
} task_state;

typedef struct descriptors {
    uint64_t gdt[5];
    task_state task;
    uint8_t rest[PAGE_SIZE - 5 * 8 - sizeof(task_state)];
    gate idt[256];
} descriptors;

_Static_assert(sizeof(task_state) == 104, "as the processor reads it");
_Static_assert(sizeof(descriptors) == 2 * PAGE_SIZE, "a page each");

#define GATE_INTERRUPT 0x8e
#define STACK_OF_EXCEPTIONS 1
#define CODE_DESCRIPTOR 0x00af9b000000ffffUL /* accessed already, so that the processor need not write */
#define DATA_DESCRIPTOR 0x00cf93000000ffffUL
#define TASK_TYPE 0x89UL

extern const char exception_stubs[], interrupt_stubs[];

static uint64_t stub_of(unsigned vector)
{
    return vector < 32 ? (uint64_t)exception_stubs + 16 * vector : (uint64_t)interrupt_stubs + 8 * (vector - 32);
}

static void set_gate(gate *gate, uint64_t handler)
{
    gate->offset_low = (uint16_t)handler;
    gate->selector = CODE_SELECTOR;
    gate->stack = STACK_OF_EXCEPTIONS;
    gate->type = GATE_INTERRUPT;
    gate->offset_middle = (uint16_t)(handler >> 16);
    gate->offset_high = (uint32_t)(handler >> 32);
}

static void load(uint64_t address, size_t gdt_size, size_t idt_size)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t address;
    } gdt = {(uint16_t)(gdt_size - 1), address + offsetof(descriptors, gdt)},
      idt = {(uint16_t)(idt_size - 1), address + offsetof(descriptors, idt)};
    __asm__ volatile("lgdt %0\n\tlidt %1\n\tltr %w2" : : "m"(gdt), "m"(idt), "r"(TASK_SELECTOR) : "memory");
}

void descriptors_set_up(void)
{
    uint64_t first = take_page(), second = take_page();
    map_page(DESCRIPTORS, first, MAP_WRITABLE);
    map_page(DESCRIPTORS + PAGE_SIZE, second, MAP_WRITABLE);

    descriptors *tables = (descriptors *)DESCRIPTORS;
    uint64_t task = DESCRIPTORS + offsetof(descriptors, task), limit = sizeof(task_state) - 1;
    tables->gdt[CODE_SELECTOR / 8] = CODE_DESCRIPTOR;
    tables->gdt[DATA_SELECTOR / 8] = DATA_DESCRIPTOR;
    tables->gdt[TASK_SELECTOR / 8] = limit | (task & 0xffffff) << 16 | TASK_TYPE << 40 | (task >> 24 & 0xff) << 56;
    tables->gdt[TASK_SELECTOR / 8 + 1] = task >> 32;

    tables->task.interrupt_stacks[STACK_OF_EXCEPTIONS - 1] = EXCEPTION_STACK_TOP;
    tables->task.permissions = sizeof(task_state);
    for (unsigned vector = 0; vector < 256; vector++)
        set_gate(&tables->idt[vector], stub_of(vector));

    load(DESCRIPTORS, sizeof(tables->gdt), sizeof(tables->idt));
}
