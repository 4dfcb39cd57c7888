/* Attacks by port writes and reads, and by stopping. */
#include "hostile.h"

static void out(uint32_t port, uint32_t value, int32_t size)
{
    switch (size) {
    case 1:
        __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port) : "memory");
        break;
    case 2:
        __asm__ volatile("outw %w0, %w1" : : "a"(value), "d"(port) : "memory");
        break;
    default:
        __asm__ volatile("outl %0, %w1" : : "a"(value), "d"(port) : "memory");
        break;
    }
}
LODGE_EXPORT(Out, out, void, uint32_t, uint32_t, int32_t)

static uint32_t in(uint32_t port, int32_t size)
{
    uint32_t value = 0;
    switch (size) {
    case 1:
        __asm__ volatile("inb %w1, %b0" : "+a"(value) : "d"(port) : "memory");
        break;
    case 2:
        __asm__ volatile("inw %w1, %w0" : "+a"(value) : "d"(port) : "memory");
        break;
    default:
        __asm__ volatile("inl %w1, %0" : "+a"(value) : "d"(port) : "memory");
        break;
    }

    return value;
}
LODGE_EXPORT(In, in, uint32_t, uint32_t, int32_t)

static void endless_outs(uint32_t port, uint32_t value)
{
    for (;;)
        out32((uint16_t)port, value);
}
LODGE_EXPORT(EndlessOuts, endless_outs, void, uint32_t, uint32_t)

static void repeated_outs(uint32_t port, uint32_t value, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        out32((uint16_t)port, value);
}
LODGE_EXPORT(RepeatedOuts, repeated_outs, void, uint32_t, uint32_t, uint32_t)

/* Prints bytes that may be no text. */
static void print_bytes(lodge_bytes bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        out32(PORT_PRINT, bytes.data[i]);
}
LODGE_EXPORT(PrintBytes, print_bytes, void, lodge_bytes)

/* Prints bytes, and gives up in the middle. */
static void print_and_abort(lodge_bytes bytes)
{
    print_bytes(bytes);
    lodge_abort(LODGE_ERROR_GUEST, "in the middle");
}
LODGE_EXPORT(PrintAndAbort, print_and_abort, void, lodge_bytes)

static void string_out(uint32_t port, uint32_t count)
{
    const void *from = output.start;
    uint64_t times = count;
    __asm__ volatile("rep outsl" : "+S"(from), "+c"(times) : "d"(port) : "memory");
}
LODGE_EXPORT(StringOut, string_out, void, uint32_t, uint32_t)

static void loop(void)
{
    for (;;)
        __asm__ volatile("");
}
LODGE_EXPORT(Loop, loop, void)

/* One instruction that would run for centuries. */
static void long_string(void)
{
    void *to = output.start;
    uint64_t count = ~0UL;
    __asm__ volatile("std\n\trep stosb\n\tcld" : "+D"(to), "+c"(count) : "a"(0) : "memory");
}
LODGE_EXPORT(LongString, long_string, void)

static void halt(bool interrupts)
{
    if (interrupts)
        __asm__ volatile("sti\n\thlt");
    else
        __asm__ volatile("cli\n\thlt");
}
LODGE_EXPORT(Halt, halt, void, bool)

static void triple_fault(void)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t address;
    } none = {0, 0};
    __asm__ volatile("lidt %0\n\tud2" : : "m"(none));
}
LODGE_EXPORT(TripleFault, triple_fault, void)

/* Faults in the fault handler: its stack is nowhere. */
static void fault_without_stack(void)
{
    *(volatile uint64_t *)(DESCRIPTORS + 5 * 8 + 36) = 0x0000800000000000UL;
    __asm__ volatile("ud2");
}
LODGE_EXPORT(FaultWithoutStack, fault_without_stack, void)

/* A gate for page faults that leads to a page fault. */
static void fault_forever(void)
{
    for (int vector = 0; vector < 32; vector++) {
        *(volatile uint16_t *)(DESCRIPTORS + PAGE_SIZE + vector * 16) = 0;
        *(volatile uint16_t *)(DESCRIPTORS + PAGE_SIZE + vector * 16 + 6) = 0x7fff;
    }

    __asm__ volatile("ud2");
}
LODGE_EXPORT(FaultForever, fault_forever, void)

/* A handler that returns to what faults again. */
static void fault_again_and_again(void)
{
    static const uint8_t iretq[] = {0x48, 0xcf};
    uint64_t page = take_page();
    memcpy(window(page), iretq, sizeof(iretq));
    map_page(0x600000000000UL, page, MAP_EXECUTABLE);
    volatile uint16_t *gate = (volatile uint16_t *)(DESCRIPTORS + PAGE_SIZE + 6 * 16);
    gate[0] = 0;
    gate[3] = 0;
    *(volatile uint32_t *)(gate + 4) = 0x6000;
    __asm__ volatile("ud2");
}
LODGE_EXPORT(FaultAgainAndAgain, fault_again_and_again, void)
